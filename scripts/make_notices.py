#!/usr/bin/env python3
"""Write the notices of the crates inside what nirkit ships, and a list of them as a CycloneDX SBOM.

    scripts/make_notices.py                          writes THIRD-PARTY.txt
    scripts/make_notices.py --check                  fails if THIRD-PARTY.txt is not as it would be written
    scripts/make_notices.py --sbom FILE [PACKAGE]    the SBOM of a package, nirkit-cli if none is named

Needs cargo and nothing else. The crates are those that Cargo.lock gives for all platforms; crates that
only tests or benchmarks use are left out, crates that run at compile time are kept.
"""

import argparse
import difflib
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTICES = ROOT / "THIRD-PARTY.txt"
SHIPPED = ("nirkit-cli", "nirkit-py", "nirkit-web")
TEXTS = re.compile(r"^(licen[sc]e|copying|copyright|notice|unlicense)", re.IGNORECASE)
# The texts that stand for a crate under several licences at choice, first of all that of MIT.
PREFERRED = (("MIT", "mit"), ("Zlib", "zlib"), ("BSD-3-Clause", "bsd"), ("Apache-2.0", "apache"))

HEAD = """\
nirkit holds code of the crates listed here. They are under the licences that follow, each with its text.
Of licences at choice, nirkit takes the one whose text is given. Written by scripts/make_notices.py.

The Rust standard library, which is also part of the program, is by the Rust Project contributors and
under MIT or Apache-2.0; the texts of both are given below.
"""


def metadata():
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    return json.loads(output)


def used(data, names):
    """Packages that the named ones are built from, sorted, and the edges between them."""
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    packages = {package["id"]: package for package in data["packages"]}
    open_ = [id for id, package in packages.items() if package["name"] in names]
    seen, edges = set(open_), {}
    while open_:
        id = open_.pop()
        below = [
            dependency["pkg"]
            for dependency in nodes[id]["deps"]
            if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"])
        ]
        edges[id] = sorted(below)
        open_ += [other for other in below if other not in seen]
        seen.update(below)
    found = sorted((packages[id] for id in seen), key=lambda p: (p["name"], p["version"]))
    return found, edges


def texts(package):
    """The licence texts that a crate ships, of licences at choice only the preferred one."""
    folder = Path(package["manifest_path"]).parent
    files = [path for path in sorted(folder.iterdir()) if TEXTS.match(path.name) and path.is_file()]
    files += sorted(path for path in folder.glob("LICENSES/*") if path.is_file())
    expression = package["license"] or ""
    kept = files
    if " OR " in expression or "/" in expression:
        for name, word in PREFERRED:
            chosen = [path for path in files if word in path.name.lower()]
            if name in expression and chosen:
                # What stands beside the choice (notices, further licences) is kept.
                others = [path for path in files if not mentions_a_choice(path)]
                kept = chosen + [path for path in others if path not in chosen]
                break
    return ["\n".join(line.rstrip() for line in read(path).splitlines()).strip("\n") for path in kept]


def mentions_a_choice(path):
    name = path.name.lower()
    return any(word in name for word in ("apache", "mit", "zlib", "bsd", "unlicense", "boost"))


def read(path):
    return path.read_text(encoding="utf-8", errors="replace")


def standard_text(package):
    """For a crate that ships no text: the text of its licence with its authors."""
    authors = ", ".join(re.sub(r"\s*<[^>]*>", "", author) for author in package["authors"])
    holders = authors or f"the authors of {package['name']}"
    if "MIT" in (package["license"] or ""):
        text = read(ROOT / "LICENSE-MIT").strip("\n")
        return re.sub(r"^Copyright.*$", f"Copyright (c) {holders}", text, count=1, flags=re.MULTILINE)
    if "Apache-2.0" in (package["license"] or ""):
        return read(ROOT / "LICENSE-APACHE").strip("\n")
    raise SystemExit(f"{package['name']} {package['version']} ships no licence text, and {package['license']} is not known")


def notices(data):
    packages, _ = used(data, SHIPPED)
    by_text = {}
    for package in packages:
        if package["source"] is None:
            continue
        label = f"{package['name']} {package['version']} ({package['license']})"
        for text in texts(package) or [standard_text(package)]:
            by_text.setdefault(text, []).append(label)
    for name in ("LICENSE-MIT", "LICENSE-APACHE"):
        text = read(ROOT / name).strip("\n")
        if name == "LICENSE-MIT":
            text = re.sub(r"^Copyright.*$", "Copyright (c) The Rust Project contributors", text, count=1, flags=re.MULTILINE)
        by_text.setdefault(text, []).append("the Rust standard library (MIT OR Apache-2.0)")
    parts = [HEAD]
    for text, labels in sorted(by_text.items(), key=lambda item: item[1]):
        parts.append("=" * 100 + "\n" + "\n".join(labels) + "\n" + "-" * 100 + "\n" + text + "\n")
    return "\n".join(parts)


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def sbom(data, name):
    """CycloneDX 1.5, the same bytes from the same Cargo.lock."""
    packages, edges = used(data, (name,))
    by_id = {package["id"]: package for package in packages}
    checksums = lock_checksums()

    def component(package):
        entry = {
            "type": "application" if package["name"] == name else "library",
            "bom-ref": purl(package),
            "name": package["name"],
            "version": package["version"],
            "purl": purl(package),
        }
        if package["license"]:
            entry["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        if package["description"]:
            entry["description"] = " ".join(package["description"].split())
        checksum = checksums.get((package["name"], package["version"]))
        if checksum:
            entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        if package["repository"]:
            entry["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
        return entry

    root = next(package for package in packages if package["name"] == name)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": component(root),
            "tools": {"components": [{"type": "application", "name": "make_notices.py"}]},
        },
        "components": [component(package) for package in packages if package is not root],
        "dependencies": [
            {"ref": purl(package), "dependsOn": sorted(purl(by_id[id]) for id in edges[package["id"]])}
            for package in packages
        ],
    }


def lock_checksums():
    found = {}
    for block in (ROOT / "Cargo.lock").read_text().split("[[package]]"):
        fields = dict(re.findall(r'^(name|version|checksum) = "([^"]*)"$', block, re.MULTILINE))
        if "checksum" in fields:
            found[fields["name"], fields["version"]] = fields["checksum"]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--sbom", metavar="FILE", type=Path)
    parser.add_argument("package", nargs="?", default="nirkit-cli")
    args = parser.parse_args()
    data = metadata()
    if args.sbom:
        args.sbom.write_text(json.dumps(sbom(data, args.package), indent=1) + "\n")
        return
    text = notices(data)
    if not args.check:
        NOTICES.write_text(text, encoding="utf-8")
        return
    old = NOTICES.read_text(encoding="utf-8")
    if old != text:
        lines = difflib.unified_diff(old.splitlines(), text.splitlines(), "THIRD-PARTY.txt", "as it would be", lineterm="")
        print("\n".join(list(lines)[:40]))
        sys.exit("THIRD-PARTY.txt is not as scripts/make_notices.py writes it; run that")


if __name__ == "__main__":
    main()
