"""A traceback as somebody reads it who looks for the cause: our own frames in sight, those of libraries folded."""

import re
from dataclasses import dataclass

_FRAME = re.compile(r'  File "([^"]+)", line (\d+)(?:, in (.+))?')
_OURS = re.compile(r"(?:^|/)((?:app|workers|admin|migrations)/[^\"]+\.py)$")
_LIBRARY = re.compile(r"(?:site-packages|dist-packages)/(.+)$|/lib/python[\d.]+/(.+)$")


@dataclass(frozen=True)
class Part:
    """A stretch of a traceback; one of library frames only is ``folded``, and ``frames`` counts them."""

    text: str
    folded: bool = False
    frames: int = 0


def parts(traceback: str) -> list[Part]:
    """The traceback cut into stretches; no path of the machine is left in it."""
    found: list[Part] = []
    for block, ours in _blocks(traceback.splitlines()):
        text = "\n".join(block)
        found = _joined(found, Part(text, True, 1) if ours is False else Part(text))
    return found


def _blocks(lines: list[str]) -> list[tuple[list[str], bool | None]]:
    """Frames with the lines that belong to them, and whether each is ours; None for lines of no frame."""
    blocks: list[tuple[list[str], bool | None]] = []
    for line in lines:
        if frame := _FRAME.match(line):
            path, number, where = frame.groups()
            short, ours = _short(path)
            blocks.append(([f'  File "{short}", line {number}' + (f", in {where}" if where else "")], ours))
        elif line.startswith("    ") and blocks and blocks[-1][1] is not None:
            blocks[-1][0].append(line)
        else:
            blocks.append(([line], None))
    return blocks


def _short(path: str) -> tuple[str, bool]:
    library = _LIBRARY.search(path)
    if library:
        return str(library[1] or library[2]), False
    ours = _OURS.search(path)
    return (ours[1], True) if ours else (path.rpartition("/")[2], False)


def _joined(found: list[Part], part: Part) -> list[Part]:
    if found and found[-1].folded == part.folded:
        last = found[-1]
        return [*found[:-1], Part(f"{last.text}\n{part.text}", part.folded, last.frames + part.frames)]
    return [*found, part]
