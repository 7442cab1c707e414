"""The variables of the CDK CLI and of the app: those that a language needs to be found, and what the rehearsal says."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

_PASSED = re.compile(
    r"PATH|LANG|LANGUAGE|LC_\w+|TZ|TERM|SHELL|USER|LOGNAME|LD_LIBRARY_PATH|DYLD_\w+|NIX_(?!SSL)\w+|LOCALE_ARCHIVE|HOMEBREW_PREFIX"
    # the CDK, and who writes `env: { account: process.env.CDK_DEPLOY_ACCOUNT }`
    r"|CDK_(DEBUG|VALIDATION|DEPLOY_ACCOUNT|DEPLOY_REGION)|JSII_\w+"
    r"|NODE_(PATH|OPTIONS|ENV)|TS_NODE_\w+|NVM_(DIR|BIN|INC)|FNM_\w+|N_PREFIX|VOLTA_HOME|COREPACK_HOME|PNPM_HOME|BUN_INSTALL|DENO_DIR"
    r"|(ASDF|MISE)_\w*DIR|npm_config_cache|YARN_CACHE_FOLDER"
    r"|PYTHON\w+|VIRTUAL_ENV|CONDA_\w+|PYENV_\w+|WORKON_HOME|UV_(CACHE_DIR|PYTHON_INSTALL_DIR|PROJECT_ENVIRONMENT)"
    r"|POETRY_(HOME|CACHE_DIR|VIRTUALENVS_\w+)|PIPENV_\w+"
    r"|JAVA_HOME|JAVA_OPTS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|MAVEN_\w+|M2_HOME|GRADLE_(HOME|OPTS|USER_HOME)|SDKMAN_\w+"
    r"|GO(PATH|ROOT|CACHE|MODCACHE|FLAGS|WORK|OS|ARCH|EXPERIMENT|TOOLCHAIN|DEBUG|111MODULE|PRIVATE|NOSUMDB|SUMDB)|GO111MODULE|CGO_\w+"
    r"|DOTNET_\w+|NUGET_PACKAGES"
)
# whatever its name
_CREDENTIALS = re.compile(r"://[^/@\s]*:[^/@\s]*@|passw(or)?d|AKIA[0-9A-Z]{16}", re.IGNORECASE)
# what the shell, the terminal and the CLI say of themselves: nobody misses it
_NOBODYS = re.compile(r"HOME|PWD|OLDPWD|SHLVL|_|CI|NO_COLOR|FORCE_COLOR|TMPDIR|AWS_(DEFAULT_)?REGION|CDK_DEFAULT_\w+|REHEARSAL_\w+")

# where caches and versions of languages are, unless a variable says so: in the home that commands do not get
_IN_HOME = {
    "PYENV_ROOT": (".pyenv",),
    "VOLTA_HOME": (".volta",),
    "ASDF_DATA_DIR": (".asdf",),
    "MISE_DATA_DIR": (".local/share/mise",),
    "NVM_DIR": (".nvm",),
    "PYTHONUSERBASE": (".local",),
    "WORKON_HOME": (".local/share/virtualenvs",),
    "UV_PYTHON_INSTALL_DIR": (".local/share/uv/python",),
    "UV_CACHE_DIR": (".cache/uv",),
    "POETRY_CACHE_DIR": (".cache/pypoetry", "Library/Caches/pypoetry"),
    "COREPACK_HOME": (".cache/node/corepack",),
    "npm_config_cache": (".npm",),
    "GOPATH": ("go",),
    "GOCACHE": (".cache/go-build", "Library/Caches/go-build"),
    "MAVEN_USER_HOME": (".m2",),
    "GRADLE_USER_HOME": (".gradle",),
    "SDKMAN_DIR": (".sdkman",),
    "NUGET_PACKAGES": (".nuget/packages",),
    "JSII_RUNTIME_PACKAGE_CACHE_ROOT": (
        ".cache/aws/jsii/package-cache",
        "Library/Caches/com.amazonaws.jsii/package-cache",
    ),
}
_LOCAL_REPOSITORY = re.compile(r"<localRepository>\s*([^<$]+?)\s*</localRepository>")


def clean(base: Mapping[str, str] | None = None, named: Iterable[str] = ()) -> dict[str, str]:
    """The caller's variables that are passed on: what languages need, and what is named."""
    source, named = dict(os.environ if base is None else base), set(named)
    return {
        name: value
        for name, value in source.items()
        if name in named or _PASSED.fullmatch(name) and not _CREDENTIALS.search(value)
    }


def left_out(texts: Iterable[str], named: Iterable[str] = ()) -> list[str]:
    """The caller's variables that are not passed on although the source of the app has their names."""
    names = set(os.environ) - set(clean(named=named))
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    return sorted(name for name in names & words if not _NOBODYS.fullmatch(name))


def caches(base: Mapping[str, str] | None = None, home: Path | None = None) -> dict[str, str]:
    """Variables for what a language finds in the caller's home."""
    base, home = os.environ if base is None else base, home or Path.home()
    cache = Path(base.get("XDG_CACHE_HOME") or home / ".cache")
    found = {}
    for name, places in _IN_HOME.items():
        paths = [cache / place[7:] if place.startswith(".cache/") else home / place for place in places]
        if name not in base and (path := next((path for path in paths if path.is_dir()), None)):
            found[name] = str(path)
    return found


def _maven(base: Mapping[str, str], private_home: Path, home: Path) -> str:
    """Java asks the system for the home, not HOME; Maven takes what is in its repository, wherever that was from."""
    repository, settings = home / ".m2" / "repository", home / ".m2" / "settings.xml"
    if settings.is_file() and (named := _LOCAL_REPOSITORY.search(settings.read_text("utf-8", "replace"))):
        repository = Path(named.group(1))
    words = [f"-Duser.home={private_home}", "-Dmaven.legacyLocalRepo=true"]
    if repository.is_dir():
        words.append(f"-Dmaven.repo.local={repository}")
    return " ".join([*words, base.get("MAVEN_OPTS", "")]).strip()


def alone(guard: str, empty: Path) -> dict[str, str]:
    """For what knows no AWS but the emulated one, and nobody else."""
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    return {
        **dict.fromkeys((*names, *map(str.lower, names)), guard),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "AWS_CONFIG_FILE": str(empty),
        "AWS_SHARED_CREDENTIALS_FILE": str(empty),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NODE_NO_WARNINGS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def for_cli(
    credentials: dict[str, str], region: str, endpoint: str, guard: str, private: Path, named: Iterable[str] = ()
) -> dict[str, str]:
    """`private` is a folder of the rehearsal: a home, empty AWS settings, and the CLI's own caches."""
    empty, home, temporary = private / "empty", private / "home", private / "tmp"
    empty.touch()
    for folder in (home, temporary):
        folder.mkdir(exist_ok=True)
    passed = clean(named=named)
    return {
        **caches(),
        **passed,
        **credentials,
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "MAVEN_OPTS": _maven(passed, home, Path.home()),
        # a proxy of modules is of the network
        "GOPROXY": "off",
        "GOTELEMETRY": "off",
        "npm_config_offline": "true",
        "npm_config_update_notifier": "false",
        "npm_config_logs_max": "0",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint,
        **alone(guard, empty),
        "AWS_SDK_LOAD_CONFIG": "0",
        "AWS_MAX_ATTEMPTS": "2",
        # the CLI remembers which account a key belongs to: in a folder of its own
        "CDK_HOME": str(private / "cdk-home"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
        "NO_COLOR": "1",
        "FORCE_COLOR": "0",
        "CI": "true",
        # the line of the app that made a resource is often below ten of libraries
        "NODE_OPTIONS": f"--stack-trace-limit=50 {passed.get('NODE_OPTIONS', '')}".strip(),
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    }
