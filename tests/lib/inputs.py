"""Input that no program should be: what is written to a folder, and what must be said about it."""

import os
from dataclasses import dataclass

DEEP = 100_000
LONG = 100_000_000


@dataclass
class Input:
    name: str
    path: str
    codes: tuple  # exit codes of `tenure check` that are right
    phrase: str = ""  # part of the error
    heavy: bool = False  # takes seconds or a lot of memory


def nested(opening, middle, closing, count=DEEP):
    return opening * count + middle + closing * count


def texts():
    """(name, text or bytes, exit codes, phrase, heavy)"""
    error = (1,)
    any_code = (0, 1)
    deep = "nested"
    return [
        ("empty", "", (0,), "", False),
        ("only_comment", "// nothing", (0,), "", False),
        ("only_blanks", " \n\t\r\n  ", (0,), "", False),
        ("binary", bytes(range(256)) * 64, error, "", False),
        ("elf", b"\x7fELF\x02\x01\x01" + bytes(5000), error, "not a text file", False),
        ("zero_byte", b'print("a");\0print("b");', error, "not a text file", False),
        ("invalid_utf8", b'print("\xff\xfe");', error, "UTF-8", False),
        ("cut_utf8", b'print("\xe4\xb8', error, "UTF-8", False),
        ("byte_order_mark", b"\xef\xbb\xbfprint(1);\n", (0,), "", False),
        ("lone_quote", '"', error, "", False),
        ("open_string", 'print("never ends);\nprint(1);\n', error, "", False),
        ("open_comment", "print(1);\n/* never ends\n", error, "", False),
        ("open_block", "fun main() {\n    print(1);\n", error, "", False),
        ("open_call", "print(1, ", error, "", False),
        ("open_type", "type P { x: i32;", error, "", False),
        ("open_switch", "fun f(x: i32) { switch (x) { case", error, "", False),
        ("half_escape", 'print("\\', error, "", False),
        ("half_unicode", 'print("\\u{12");', error, "", False),
        ("half_number", "val x = 0x;", error, "", False),
        ("huge_number", "val x = " + "9" * 10_000 + ";", error, "", False),
        ("only_operators", "+ - * / % ! & |", error, "", False),
        ("closing_only", "}" * 1000, error, "", False),
        ("parentheses", "val x = " + nested("(", "1", ")") + ";", error, deep, False),
        ("open_parentheses", "val x = " + "(" * DEEP, error, deep, False),
        ("brackets", "val x = " + nested("[", "1", "]") + ";", error, deep, False),
        ("blocks", "fun main() " + nested("{", "", "}"), error, deep, False),
        ("open_blocks", "fun main() " + "{" * DEEP, error, deep, False),
        ("types", "val x: " + nested("ref<", "i32", ">") + " = null;", error, deep, False),
        ("array_types", "val x: " + nested("[", "i32", "]") + " = [];", error, deep, False),
        ("unary", "val x = " + "-" * 1 + "!" * DEEP + "true;", error, deep, False),
        ("minus", "val x = " + "- " * DEEP + "1;", error, deep, False),
        ("moves", "val x = " + "move " * DEEP + "y;", error, deep, False),
        ("calls", "val x = " + nested("f(", "1", ")") + ";", error, deep, False),
        ("ifs", nested("if (true) {", "print(1);", "}"), error, deep, False),
        ("else_ifs", "if (false) {}" + " else if (false) {}" * DEEP, any_code, "", True),
        ("loops", nested("loop {", "", "}"), error, deep, False),
        ("sum", "val x: i32 = 0" + " + 0" * DEEP + ";", any_code, "", True),
        ("comparisons", "val x = 1" + " < 1" * DEEP + ";", error, "", True),
        ("members", "val x = a" + ".b" * DEEP + ";", error, "", True),
        ("indexes", "val x = a" + "[0]" * DEEP + ";", error, "", True),
        ("call_chain", "val x = f" + "()" * DEEP + ";", error, "", True),
        ("statements", "print(1);\n" * DEEP, (0,), "", True),
        ("arguments", "print(" + "1, " * DEEP + "1);", any_code, "", True),
        ("elements", "val x = [" + "1, " * DEEP + "1];", any_code, "", True),
        ("locals", "".join(f"val x{i} = {i};\n" for i in range(20_000)), any_code, "", True),
        ("unknown_names", "".join(f"val name{i} = {i};\nprint(nmae{i});\n" for i in range(20_000)),
         error, "unknown name", True),
        ("functions", "".join(f"fun f{i}() -> i32 {{ return {i}; }}\n" for i in range(20_000)),
         (0,), "", True),
        ("long_name", "val " + "a" * LONG + " = b;", error, "unknown name `b`", True),
        ("long_unknown_name", "print(" + "a" * LONG + ");", error, "unknown name", True),
        ("long_comment", "//" + "x" * LONG, (0,), "", True),
        ("long_string", 'val s = "' + "x" * LONG + '";', (0,), "", True),
        ("long_open_string", 'val s = "' + "x" * LONG, error, "", True),
        ("long_blank", " " * LONG, (0,), "", True),
        ("long_parentheses", "(" * LONG, error, deep, True),
        ("long_garbage", "@" * LONG, error, "", True),
        ("long_words", "a " * (LONG // 2), error, "", True),
    ]


def write_all(folder, heavy=True):
    """Writes one file after another; the caller may delete each when it has been used."""
    for name, text, codes, phrase, is_heavy in texts():
        if is_heavy and not heavy:
            continue
        path = os.path.join(folder, name + ".ng")
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        yield Input(name, path, codes, phrase, is_heavy)
    directory = os.path.join(folder, "directory.ng")
    os.mkdir(directory)
    yield Input("directory", directory, (1,), "it is a directory")
    yield Input("missing", os.path.join(folder, "missing.ng"), (1,), "cannot read")
    large = os.path.join(folder, "large.ng")
    with open(large, "wb") as file:
        file.truncate(1 << 32)  # a hole of 4 GiB takes no room on the disk
    yield Input("larger_than_4_gib", large, (1,), "too large")
