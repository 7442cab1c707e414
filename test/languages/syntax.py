"""Parses what nobody compiles: the translated examples of the docs, and what is compiled of C# only where there is an SDK."""

import json
import re
import sys
from pathlib import Path

import tree_sitter_c_sharp
import tree_sitter_go
import tree_sitter_java
import tree_sitter_python
from tree_sitter import Language, Node, Parser

LANGUAGES = {
    "python": tree_sitter_python,
    "java": tree_sitter_java,
    "csharp": tree_sitter_c_sharp,
    "go": tree_sitter_go,
}
PARSERS = {name: Parser(Language(module.language())) for name, module in LANGUAGES.items()}


def first_error(node: Node) -> Node:
    """The deepest node that has what is wrong."""
    return next((first_error(child) for child in node.children if child.has_error or child.is_missing), node)


def in_a_function(source: str) -> str:
    """An example in Go is statements, which stand in a function, among declarations, which do not."""
    declaration, declarations, statements = False, [], []
    for line in source.splitlines():
        declaration = declaration or line.startswith(("import ", "type ", "func "))
        (declarations if declaration else statements).append(line)
        declaration = declaration and (line.endswith(("{", "(")) or line.startswith(("\t", " ")) or line == "")
    return "\n".join(["package p", *declarations, "func _() {", *statements, "}"])


def problem(language: str, source: str) -> str | None:
    source = in_a_function(source) if language == "go" else source
    tree = PARSERS[language].parse(source.encode())
    if not tree.root_node.has_error:
        return None
    line = first_error(tree.root_node).start_point[0]
    return f"line {line + 1}: {source.splitlines()[line].strip()}"


def main() -> int:
    repository = Path(__file__).resolve().parents[2]
    snippets = json.loads((repository / ".jsii.tabl.json").read_text("utf-8"))["snippets"].values()
    sources = [
        (f"{language}, example of {snippet['location']['api']} {snippet['location']['field']}", language, translation["source"])
        for snippet in snippets
        for language, translation in snippet["translations"].items()
        if language in PARSERS
    ]
    translations = sorted((repository / "node_modules" / ".cache" / "translations").glob("*.cs"))
    if len(translations) != len(snippets):
        print(f"fails: {len(translations)} of {len(snippets)} examples are written for the compiler of C#", file=sys.stderr)
        return 1
    sources += [
        (str(path.relative_to(repository)), "csharp", path.read_text("utf-8"))
        for path in [*sorted((repository / "examples" / "csharp").rglob("*.cs")), *translations]
    ]
    readme = (repository / "README.md").read_text("utf-8")
    sources += [("README.md", "csharp", source) for source in re.findall(r"^```csharp\n(.*?)^```$", readme, re.M | re.S)]
    problems = [(where, found) for where, language, source in sources if (found := problem(language, source))]
    for where, found in problems:
        print(f"fails: {where}, {found}", file=sys.stderr)
    print(f"syntax: {len(sources) - len(problems)} passed, {len(problems)} failed")
    return 1 if problems else 0


sys.exit(main())
