import { readFileSync } from 'fs';
import { join } from 'path';

interface Shape {
  /** Properties that AWS takes at the creation only. */
  readonly new?: string[];
  /** Those that identify it, or that whoever makes it gives to it. */
  readonly given?: Record<string, unknown>;
}

const types: { shapes?: Record<string, Shape> } = {};

/** A type by its public schema. */
export function shapeOf(type: string): Shape {
  types.shapes ??= JSON.parse(readFileSync(join(__dirname, '..', 'rehearsal', 'emulator', 'engine', 'shapes.json'), 'utf8')) as {};
  return types.shapes[type] ?? {};
}

/** Properties that AWS takes at the creation only, by its public schema of the type. */
export function createOnly(type: string): string[] {
  return shapeOf(type).new ?? [];
}
