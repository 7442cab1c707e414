import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'fs';
import { dirname, join, relative, sep } from 'path';
import { fileURLToPath } from 'url';

/** Installed packages of today, by links in the tree of a git ref. */
export class Loan {
  /** Packages of the repository itself that the tree has as they are now, by their folders. */
  public readonly own: string[] = [];
  private readonly lent = new Set<string>();

  /** @param app whose own packages Python finds beside its script before those that are installed */
  constructor(private readonly top: string, private readonly tree: string, private readonly app: string) {
  }

  /** Packages that are installed in a folder of the repository. */
  public lend(folder: string): void {
    if (this.lent.has(folder)) {
      return;
    }
    this.lent.add(folder);
    const there = this.inTree(folder);
    if (existsSync(join(folder, 'node_modules')) && !existsSync(join(there, 'node_modules'))) {
      this.lendModules(join(folder, 'node_modules'), join(there, 'node_modules'));
    }
    ['.venv', 'venv'].filter(name => existsSync(join(folder, name)) && !existsSync(join(there, name))).forEach(name => {
      symlinkSync(join(folder, name), join(there, name));
      this.own.push(...this.editable(join(folder, name)));
    });
  }

  private lendModules(here: string, there: string): void {
    const entries = readdirSync(here);
    const ofScopes = entries.filter(name => name.startsWith('@') && !lstatSync(join(here, name)).isSymbolicLink())
      .flatMap(scope => readdirSync(join(here, scope)).map(name => join(scope, name)));
    const own = [...entries, ...ofScopes].filter(name => this.workspace(join(here, name)) !== undefined);
    if (own.length === 0) {
      symlinkSync(here, there);
      return;
    }
    const opened = new Set(own.map(name => dirname(name)));
    opened.forEach(scope => mkdirSync(join(there, scope), { recursive: true }));
    [...entries, ...ofScopes.filter(name => opened.has(dirname(name)))].filter(name => !opened.has(name))
      .forEach(name => symlinkSync(this.packageFor(join(here, name)), join(there, name)));
  }

  /** That of the tree, where it is one of the repository and can be loaded there. */
  private packageFor(installed: string): string {
    const folder = this.workspace(installed);
    if (folder === undefined) {
      return installed;
    }
    const there = this.inTree(folder);
    if (!isLoadable(there)) {
      this.own.push(relative(this.top, folder));
      return folder;
    }
    this.lend(folder);
    return there;
  }

  /** Folder of a package that is linked from the repository: a workspace of npm, Yarn or pnpm. */
  private workspace(installed: string): string | undefined {
    if (!lstatSync(installed).isSymbolicLink() || !existsSync(installed)) {
      return undefined;
    }
    const folder = realpathSync(installed);
    return this.isOwn(folder) && existsSync(join(folder, 'package.json')) ? folder : undefined;
  }

  /**
   * Packages that Python runs from where their source is.
   *
   * @see https://packaging.python.org/en/latest/specifications/direct-url/
   */
  private editable(environment: string): string[] {
    return siteOf(environment).flatMap(site => readdirSync(site).filter(name => name.endsWith('.dist-info')).flatMap(info => {
      const file = join(site, info, 'direct_url.json');
      const { url = '', dir_info: folder } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {} as DirectUrl;
      const source = folder?.editable && url.startsWith('file:') ? fileURLToPath(url) : '';
      const own = existsSync(source) ? realpathSync(source) : '';
      return this.isOwn(own) && (own !== this.app || existsSync(join(own, 'src'))) ? [relative(this.top, own) || '.'] : [];
    }));
  }

  private isOwn(folder: string): boolean {
    return (folder === this.top || folder.startsWith(this.top + sep)) && !folder.split(sep).includes('node_modules');
  }

  private inTree(folder: string): string {
    return join(this.tree, relative(this.top, folder));
  }
}

interface DirectUrl {
  readonly url?: string;
  readonly dir_info?: { readonly editable?: boolean };
}

function siteOf(environment: string): string[] {
  const lib = join(environment, 'lib');
  return (existsSync(lib) ? readdirSync(lib) : []).map(python => join(lib, python, 'site-packages')).filter(site => existsSync(site));
}

/** What is built is not in git. */
function isLoadable(folder: string): boolean {
  try {
    return require.resolve(folder) !== '';
  } catch {
    return false;
  }
}
