import { readFileSync } from 'fs';
import { join } from 'path';
import Ajv from 'ajv';

const schema = JSON.parse(readFileSync(join(__dirname, '..', 'docs', 'organization.schema.json'), 'utf8'));
const validate = new Ajv({ strict: true, strictTypes: false, allErrors: true }).compile(schema);

/** What is wrong with the file of an organization's facts, by its published schema. */
export function schemaProblems(file: unknown): string[] {
  validate(file);
  return validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`) ?? [];
}
