"""Building a project somebody sent you is as safe as reading it (guarantees 1, 3 to 8)."""

from __future__ import annotations

import html
import json
import random
import re
import subprocess
import sys
import time
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pymupdf
import pytest
from conftest import NOTE, SETTINGS, SVG, MakeProject, Run

from deckgen.build import Options, build

SECRET = "the content of a file outside"
TEXTS = [
    "T-score < -2.5",
    "5 & 6",
    "$5 to $10",
    "<b>not bold</b>",
    "50 % #1 cause",
    "NF-κB, αVβ3, ≤ ≥ ± × − µg",
    "a\\b {{x}} }} [[y]] [% z %]",
    '#read("/etc/passwd") #panic() @ref // comment /* x */ `code`',
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{Front}} {{FrontSide}} {{c1::x",
    "[sound:x.mp3] [latex]x[/latex] [$]y[/$]",
    "&lt;i&gt; &amp; &nbsp;",
    "~a b~ ^c d^ 2~ 3^",
    "= + - @ | ! 100 %",
    "x" * 3_000,
    " ".join(["word"] * 2_000),
]


def escaped(text: str) -> str:
    r"""The text as card Markdown in a YAML string: every sign of Markdown behind a backslash."""
    return json.dumps(re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~^$&=@%:/\"'])", r"\\\1", text), ensure_ascii=False)


def active_parts(text: str) -> list[str]:
    """The elements and attributes of HTML, as a browser would read it, that run or load something."""
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag in {"script", "iframe", "object", "embed", "img", "link", "base", "form"}:
                found.append(tag)
            found.extend(name for name, value in attrs if name.startswith("on") or ":" in (value or ""))

    Reader().feed(text)
    return found


@pytest.fixture(scope="module")
def hostile_deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    (root / "cards/heart").mkdir(parents=True)
    (root / "deckgen.yaml").write_text(SETTINGS)
    notes = "".join(
        f"- {{id: n{number}, question: 'Question {number}?', answer: {escaped(text)}}}\n"
        for number, text in enumerate(TEXTS)
    )
    (root / "cards/heart/a.yaml").write_text(notes, encoding="utf-8")
    result = build(root)
    assert [item for item in result.bag if item.severity == "error"] == []
    return root


def test_every_text_arrives_in_anki_letter_for_letter(hostile_deck: Path, tmp_path: Path) -> None:
    """What an author writes is what the learner's collection holds, through the real importer."""
    from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

    collection = Collection(str(tmp_path / "c.anki2"))
    try:
        request = ImportAnkiPackageRequest(
            package_path=str(hostile_deck / "build/heart.apkg"), options=ImportAnkiPackageOptions()
        )
        collection.import_anki_package(request)
        for number, text in enumerate(TEXTS):
            (note_id,) = collection.find_notes(f'"Ref:heart/n{number}"')
            note = collection.get_note(note_id)
            assert html.unescape(re.sub(r"<[^>]*>", "", note["Answer"])).replace("\u200b", "") == text
            shown = note.cards()[0].answer()
            assert active_parts(shown) == []
    finally:
        collection.close()


@pytest.mark.parametrize("layout", ["handout-a4", "cards-letter"])
def test_every_text_arrives_in_print_letter_for_letter(hostile_deck: Path, layout: str) -> None:
    """The same on paper: whatever is typed is printed, and run by nobody."""
    with pymupdf.open(hostile_deck / f"build/heart-{layout}.pdf") as document:
        # In the order of drawing: finding lines among ten thousand letters of one word takes PyMuPDF minutes.
        drawn = (chr(char[0]) for page in document for span in page.get_texttrace() for char in span["chars"])
        printed = re.sub(r"[\s\u00ad\u200b]", "", "".join(drawn))
    for text in TEXTS[:14]:
        assert re.sub(r"\s", "", text) in printed, text
    assert printed.count("x") >= 3_000
    assert printed.count("word") >= 2_000


@pytest.mark.parametrize(
    ("letters", "script"), [("عظم", "ARABIC"), ("骨", "CJK"), ("🦴", "BONE")], ids=["arabic", "chinese", "emoji"]
)
def test_a_missing_glyph_is_reported_by_name(letters: str, script: str, project: MakeProject) -> None:
    """A character no print font has is kept in Anki, and named with its note for print; or it is printed."""
    root = project({"cards/heart/a.yaml": f"- {{id: bone, question: 'What is it?', answer: 'bone {letters}'}}\n"})
    result = build(root)
    with zipfile.ZipFile(root / "build/heart.apkg") as package:
        assert letters.encode() in package.read("collection.anki2")
    told = " ".join(item.message for item in result.bag)
    with pymupdf.open(root / "build/heart-handout-a4.pdf") as document:
        printed = "".join(page.get_text() for page in document)
    assert (script in told and "`bone`" in told) or all(letter in printed for letter in letters)
    assert result.artifacts


@pytest.mark.parametrize(
    "files",
    [
        {"cards/heart/a.yaml": "- {id: a, question: 'q?', answer: '![x](../../../secret.svg)'}\n"},
        {"cards/heart/a.yaml": "- {id: a, question: 'q?', answer: '![x](linked.svg)'}\n"},
        {"cards/heart/a.yaml": "- {id: a, question: 'q?', answer: '![x](%2e%2e/%2e%2e/%2e%2e/secret.svg)'}\n"},
        {"deckgen.yaml": SETTINGS + "    bibliography: ../../../secret.svg\n", "cards/heart/a.yaml": NOTE},
        {"deckgen.yaml": SETTINGS + "    bibliography: linked.svg\n", "cards/heart/a.yaml": NOTE},
        {"deckgen.yaml": SETTINGS + "    figures: {f: {image: /etc/hostname, alt: x}}\n", "cards/heart/a.yaml": NOTE},
        {"cards/heart/a.yaml": NOTE, "cards/heart/linked.yaml": ""},
        {"cards/heart/a.yaml": NOTE, "templates/anki/linked.html": ""},
        {"cards/heart/a.yaml": NOTE, "templates/print/handout.typ": '#read("/etc/hostname")\n#read("../secret.svg")'},
        {"cards/heart/a.yaml": NOTE, "templates/print/handout.typ": '#import "@preview/cetz:0.3.0": *'},
        {"cards/heart/a.yaml": NOTE, "templates/anki/recall.front.html": '<script src="https://x.example/a.js"></script>{{Question}}'},
        {"cards/heart/a.yaml": NOTE, "templates/anki/recall.front.html": "[[ ''.__class__.__mro__ ]]{{Question}}"},
        {"cards/heart/a.yaml": NOTE, "templates/anki/recall.front.html": "[% for a in range(99999) %][% for b in range(99999) %]x[% endfor %][% endfor %]{{Question}}"},
        {"cards/heart/a.yaml": NOTE, "templates/anki/recall.front.html": "[[ 'x' * 10**10 ]]{{Question}}"},
        {"cards/heart/a.yaml": NOTE, "templates/anki/deckgen.css": "@import url(https://x.example/a.css);"},
    ],
    ids=["dots", "link", "percent", "bibliography", "linked-bibliography", "figure", "linked-set", "linked-face",
         "typst-read", "typst-package", "script", "class", "loop", "memory", "css"],
)  # fmt: skip
def test_a_hostile_project_is_refused(files: dict[str, str], project: MakeProject, tmp_path: Path, run: Run) -> None:
    """Whatever reaches for something outside, runs for ever or hides a script is a diagnostic; nothing is built."""
    (tmp_path / "secret.svg").write_text(f"{SVG}<!-- {SECRET} -->")
    root = project(files)
    for path in files:
        if "linked" in path:
            (root / path).unlink()
            (root / path).symlink_to(tmp_path / "secret.svg")
    (root / "cards/heart/linked.svg").symlink_to(tmp_path / "secret.svg")
    code, out, err = run("build", "--message-format", "json", root=root)
    assert code == 1, out + err
    assert not (root / "build").exists()
    assert SECRET not in out + err
    assert "fault in deckgen" not in err


def test_links_that_lead_out_are_not_followed_for_folders(project: MakeProject, tmp_path: Path, run: Run) -> None:
    """A linked folder of cards or templates outside the project is refused, not read."""
    for number, link in enumerate(["cards", "templates", "templates/anki"]):
        outside = tmp_path / f"outside{number}"
        (outside / "heart").mkdir(parents=True)
        (outside / "heart" / "a.yaml").write_text(NOTE)
        (outside / "recall.front.html").write_text("{{Question}}")
        root = project({"deckgen.yaml": SETTINGS} if link == "cards" else {"cards/heart/a.yaml": NOTE}, f"p{number}")
        (root / link).parent.mkdir(exist_ok=True)
        (root / link).symlink_to(outside, target_is_directory=True)
        code, out, _ = run("check", "--message-format", "short", root=root)
        assert (code, "outside-project" in out) == (1, True), (link, out)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 50_000, "a: " + "&a " * 1000, "|" * 200_000, "'" * 100_001, "\n" * 1_000_000,
     "x: &x [1]\n" + "".join(f"y{n}: *x\n" for n in range(200)), "a" * 3_000_000, "- {a: b}\n" * 60_000, "\t" * 100_000, "%" * 100_000, "#" * 3_000_000,
     "- id: a\n  question: q\n  answer: " + "*" * 50_000 + "\n", "- id: a\n  cloze: '" + "{{c1::" * 30_000 + "'\n"],
    ids=lambda text: text[:12].strip() or repr(text[:2]),
)  # fmt: skip
def test_hostile_yaml_ends_soon_and_small(text: str, project: MakeProject) -> None:
    """Guarantee 3: no traceback, a refusal that names its line, and an end well within limits of time and memory."""
    root = project({"cards/heart/a.yaml": text})
    # The peak of the program itself; what getrusage says begins with that of the test's own process.
    program = (
        "import sys\nfrom pathlib import Path\nfrom deckgen.cli.main import _run\n"
        "code = _run(['-C', sys.argv[1], 'check', '--message-format', 'short'])\n"
        "status = Path('/proc/self/status')\n"
        "peak = status.read_text().partition('VmHWM:')[2].split()[0] if status.exists() else '0'\n"
        "print(int(peak) // 1024, file=sys.stderr)\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(root)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1, done.stderr
    assert re.match(r"(cards/heart/a\.yaml|deckgen\.yaml):\d+:\d+: error", done.stdout)
    assert int(done.stderr.split()[-1]) < 400


def test_a_linked_build_folder_is_not_written_through(project: MakeProject, tmp_path: Path, run: Run) -> None:
    """Artifacts appear in the project, or where --output says; not where a link in the project leads."""
    (tmp_path / "elsewhere").mkdir()
    root = project({"cards/heart/a.yaml": NOTE})
    (root / "build").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    code, _, err = run("build", "-f", "apkg", root=root)
    assert (code, "outside-project" in err, list((tmp_path / "elsewhere").iterdir())) == (1, True, [])


def test_a_killed_build_leaves_old_or_new(project: MakeProject) -> None:
    """Guarantee 1: `deckgen build` killed at random moments leaves whole artifacts, and the next run cleans up."""
    root = project({"cards/heart/a.yaml": NOTE})
    chance = random.Random(3)
    states: list[dict[str, bytes]] = []
    for text in (NOTE, NOTE.replace("Four", "4")):
        (root / "cards/heart/a.yaml").write_text(text)
        build(root, Options(formats=["apkg"], output=root / "reference"))
        states.append({path.name: path.read_bytes() for path in (root / "reference").iterdir()})
        for path in (root / "reference").iterdir():
            path.unlink()
    build(root, Options(formats=["apkg"]))
    for turn in range(12):
        (root / "cards/heart/a.yaml").write_text(NOTE if turn % 2 else NOTE.replace("Four", "4"))
        command = [sys.executable, "-c", "from deckgen.cli import main; main()", "-C", str(root), "build", "-f", "apkg"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
            time.sleep(chance.uniform(0.05, 0.6))
            child.kill()
        found = {path.name: path.read_bytes() for path in (root / "build").iterdir() if path.is_file()}
        assert found in states
    build(root, Options(formats=["apkg"]))
    assert sorted(path.name for path in (root / "build").iterdir()) == ["heart.apkg"]
