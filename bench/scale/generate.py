#!/usr/bin/env python3
"""Makes programs of a given size: `generate.py LANGUAGE UNITS [SEED]` writes one to standard output.

The program is the same in NG, Tape and C: it is built of units of some 250 lines, each with types of its own and
functions that use strings, arrays, structs, unions, references or pointers, moves and drops, and that call functions
of units before it. `main` calls all units and prints one number, which is the same in every language. The same size
and seed give the same program.
"""
import random
import sys

MODULUS = 10007  # numbers stay below its square, so that nothing overflows


class Writer:
    """Lines with their indentation; what the three languages write differently is in its subclasses."""

    def __init__(self):
        self.lines = []
        self.depth = 0

    def line(self, text=""):
        self.lines.append("    " * self.depth + text if text else "")

    def open(self, text):
        self.line(text + " {")
        self.depth += 1

    def close(self, text="}"):
        self.depth -= 1
        self.line(text)

    def otherwise(self):
        self.close("} else {")
        self.depth += 1

    def lines_of(self, text):
        for part in text.strip("\n").split("\n"):
            self.line(part)

    def condition(self, text):
        self.open(f"if ({text})")

    def set(self, name, value):
        self.line(f"{name} = {value};")

    def give(self, value):
        self.line(f"return {value};")


class Ng(Writer):
    header = """
        fun longest<T>(items: [T], size: i64) -> i64 { return len(items) as i64 * size; }
        type Pair<A, B> { first: A; second: B; }
        fun swapped<A, B>(pair: Pair<A, B>) -> Pair<B, A> {
            return Pair { first: pair.second, second: pair.first };
        }
    """

    def function(self, name, parameters):
        text = ", ".join(f"{p}: i64" for p in parameters)
        self.open(f"fun {name}({text}) -> i64")

    def let(self, name, value):
        self.line(f"val {name}: i64 = {value};")

    def var(self, name, value):
        self.let(name, value)

    def count(self, name, bound, body):
        self.open(f"loop {name}: i64 = 0")
        self.line(f"if ({name} >= {bound}) {{ break; }}")
        body()
        self.line(f"next {name} + 1;")
        self.close()

    def types(self, u, rng):
        self.lines_of(f"""
type Record{u} {{
    id: i64;
    name: string;
    size: i64;

    fun weight(self: ref<Self>, factor: i64) -> i64 {{
        return (self.id * factor + self.size) % {MODULUS};
    }}
    fun grow(self: ref<Self>, by: i64) {{
        self.size = (self.size + by) % {MODULUS};
        self.name = self.name + "+";
    }}
}}
type Shape{u} = Circle{u}(radius: i64) | Label{u}(text: string) | Box{u}(width: i64, height: i64) | Nothing{u};
type Node{u} {{ value: i64; next: ref<Node{u}>; }}
type Handle{u} {{ number: i64; owner: string; }}
""")
        if u % 4 == 0:
            self.lines_of(f"""
impl Drop for Handle{u} {{
    fun drop(self: ref<Self>) {{ closed = (closed + self.number) % {MODULUS}; }}
}}
""")

    def records(self, u, rng):
        a, b = rng.randrange(2, 9), rng.randrange(1, 50)
        self.lines_of(f"""
fun makeRecords{u}(count: i64) -> [Record{u}] {{
    val records: [Record{u}] = [];
    loop i: i64 = 0 {{
        if (i >= count) {{ break; }}
        records << Record{u} {{ id: i, name: "record{u}", size: i * {a} + {b} }};
        next i + 1;
    }}
    return records;
}}
fun sumRecords{u}(records: [Record{u}], factor: i64) -> i64 {{
    val sum: i64 = 0;
    loop record in records {{
        if (record.size > {b}) {{
            sum = (sum + record.weight(factor)) % {MODULUS};
        }} else {{
            sum = sum + len(record.name) as i64;
        }}
    }}
    return sum;
}}
fun records{u}(seed: i64) -> i64 {{
    val records = makeRecords{u}(seed % 7 + 3);
    val other = records;
    other[1].grow(seed);
    records[2].size = {b};
    val first = other[1];
    first.name = first.name + "!";
    val before = sumRecords{u}(records, {a});
    val after = sumRecords{u}(other, {a});
    return (before * 3 + after + len(first.name) as i64) % {MODULUS};
}}
""")

    def shapes(self, u, rng):
        a, b = rng.randrange(2, 9), rng.randrange(1, 50)
        self.lines_of(f"""
fun makeShape{u}(kind: i64, size: i64) -> Shape{u} {{
    if (kind == 0) {{ return Circle{u}(size); }}
    if (kind == 1) {{ return Label{u}("shape{u} " + "{b}"); }}
    if (kind == 2) {{ return Box{u}(size, {a}); }}
    return Nothing{u};
}}
fun area{u}(shape: Shape{u}) -> i64 {{
    switch (shape) {{
        case Circle{u}(radius) {{ return radius * radius % {MODULUS} * 3; }}
        case Label{u}(text) {{ return len(text) as i64; }}
        case Box{u}(width, height) {{ return width * height; }}
        case Nothing{u} {{ return 0; }}
    }}
}}
fun shapes{u}(seed: i64) -> i64 {{
    val total: i64 = 0;
    loop i: i64 = 0 {{
        if (i >= 8) {{ break; }}
        val shape = makeShape{u}(i % 4, (seed + i * {a}) % {MODULUS});
        total = (total + area{u}(shape)) % {MODULUS};
        next i + 1;
    }}
    return total;
}}
""")

    def text(self, u, rng):
        words = [rng.choice("alpha beta gamma delta epsilon zeta".split()) for _ in range(3)]
        self.lines_of(f"""
fun text{u}(seed: i64) -> i64 {{
    val words = ["{words[0]}", "{words[1]}", "{words[2]}"];
    val line = "";
    loop i: i64 = 0 {{
        if (i >= seed % 5 + 2) {{ break; }}
        if (len(line) > 0) {{ line = line + ", "; }}
        line = line + words[i % 3];
        next i + 1;
    }}
    val copy = line;
    copy = copy + ".";
    if (copy == line) {{ return 0; }}
    return len(line) as i64 * 10 + len(copy) as i64;
}}
""")

    def list(self, u, rng):
        a = rng.randrange(2, 50)
        self.lines_of(f"""
fun makeList{u}(count: i64, seed: i64) -> ref<Node{u}> {{
    val head: ref<Node{u}> = null;
    loop i: i64 = 0 {{
        if (i >= count) {{ break; }}
        head = new Node{u} {{ value: (seed + i * {a}) % {MODULUS}, next: head }};
        next i + 1;
    }}
    return head;
}}
fun list{u}(seed: i64) -> i64 {{
    val node = makeList{u}(seed % 6 + 2, seed);
    val sum: i64 = 0;
    loop {{
        if (node == null) {{ break; }}
        sum = (sum * 2 + node.value) % {MODULUS};
        node = node.next;
        next;
    }}
    return sum;
}}
""")

    def owners(self, u, rng):
        a = rng.randrange(2, 50)
        self.lines_of(f"""
fun close{u}(handle: Handle{u}, by: i64) -> i64 {{
    if (len(handle.owner) > 6) {{ return handle.number; }}
    return handle.number + by;
}}
fun owners{u}(seed: i64) -> i64 {{
    val first = Handle{u} {{ number: seed % {a}, owner: "owner{u}" }};
    val second = Handle{u} {{ number: {a}, owner: "other" }};
    val result = close{u}(move second, seed);
    if (seed % 2 == 0) {{
        result = result + close{u}(move first, 1);
    }} else {{
        result = result + first.number + 2;
    }}
    return result % {MODULUS};
}}
""")

    def generic(self, u, rng):
        a = rng.randrange(2, 9)
        self.lines_of(f"""
fun generic{u}(seed: i64) -> i64 {{
    val pair = Pair {{ first: seed, second: Record{u} {{ id: 1, name: "pair", size: {a} }} }};
    val turned = swapped(pair);
    turned.first.grow(seed);
    return (turned.second + turned.first.size + longest(makeRecords{u}({a}), 2)) % {MODULUS};
}}
""")

    def main(self, value):
        self.lines_of(f"fun main() {{ print({value}); }}")


class Tape(Writer):
    header = """
        import io from "io";
        import mem from "mem";
    """

    def function(self, name, parameters):
        text = ", ".join(f"{p}: i64" for p in parameters)
        self.open(f"fn {name}({text}) -> i64")

    def let(self, name, value):
        self.line(f"let {name} = {value};")

    def var(self, name, value):
        self.line(f"var {name}: i64 = {value};")

    def count(self, name, bound, body):
        self.open(f"for ({name} in 0..{bound})")
        body()
        self.close()

    def types(self, u, rng):
        self.lines_of(f"""
struct Record{u} {{
    id: i64;
    name: string;
    size: i64;
}}
fn Record{u}.weight(self, factor: i64) -> i64 {{
    return (self.id * factor + self.size) % {MODULUS};
}}
fn Record{u}.grow(*self, by: i64) {{
    self.size = (self.size + by) % {MODULUS};
    self.name = self.name + "+";
}}
tagged Shape{u} {{ Circle {{ radius: i64 }} Label {{ text: string }} Box {{ width: i64; height: i64 }} Nothing; }}
struct Node{u} {{ value: i64; next: *Node{u}; }}
struct Handle{u} {{ number: i64; owner: string; }}
enum Fault{u} {{ Odd: "an odd number"; Large: "a large number"; }}
""")

    def records(self, u, rng):
        a, b = rng.randrange(2, 9), rng.randrange(1, 50)
        self.lines_of(f"""
fn make_record{u}(i: i64) -> Record{u} {{
    return Record{u} {{ id: i; name: "record{u}"; size: i * {a} + {b} }};
}}
fn sum_records{u}(records: [10]Record{u}, count: i64, factor: i64) -> i64 {{
    var sum: i64 = 0;
    for (i in 0..count) {{
        let record = records[i];
        if (record.size > {b}) {{
            sum = (sum + record.weight(factor)) % {MODULUS};
        }} else {{
            sum = sum + record.name.len;
        }}
    }}
    return sum;
}}
fn records{u}(seed: i64) -> i64 {{
    var records: [10]Record{u};
    let count = seed % 7 + 3;
    for (i in 0..count) {{ records[i] = make_record{u}(i); }}
    var other = records;
    other[1].grow(seed);
    records[2].size = {b};
    var first = other[1];
    first.name = first.name + "!";
    let before = sum_records{u}(records, count, {a});
    let after = sum_records{u}(other, count, {a});
    return (before * 3 + after + first.name.len) % {MODULUS};
}}
""")

    def shapes(self, u, rng):
        a, b = rng.randrange(2, 9), rng.randrange(1, 50)
        self.lines_of(f"""
fn make_shape{u}(kind: i64, size: i64) -> Shape{u} {{
    if (kind == 0) {{ return Shape{u}.Circle {{ radius: size }}; }}
    if (kind == 1) {{ return Shape{u}.Label {{ text: "shape{u} {{{b}}}" }}; }}
    if (kind == 2) {{ return Shape{u}.Box {{ width: size; height: {a} }}; }}
    return Shape{u}.Nothing;
}}
fn area{u}(shape: Shape{u}) -> i64 {{
    match (shape) {{
        Shape{u}.Circle {{ radius }} => {{ return radius * radius % {MODULUS} * 3; }}
        Shape{u}.Label {{ text }} => {{ return text.len; }}
        Shape{u}.Box {{ width; height }} => {{ return width * height; }}
        Shape{u}.Nothing => {{ return 0; }}
    }}
}}
fn shapes{u}(seed: i64) -> i64 {{
    var total: i64 = 0;
    for (i in 0..8) {{
        let shape = make_shape{u}(i % 4, (seed + i * {a}) % {MODULUS});
        total = (total + area{u}(shape)) % {MODULUS};
    }}
    return total;
}}
""")

    def text(self, u, rng):
        words = [rng.choice("alpha beta gamma delta epsilon zeta".split()) for _ in range(3)]
        self.lines_of(f"""
fn text{u}(seed: i64) -> i64 {{
    let words = ["{words[0]}", "{words[1]}", "{words[2]}"];
    var line = "";
    for (i in 0..seed % 5 + 2) {{
        if (line.len > 0) {{ line += ", "; }}
        line += words[i % 3];
    }}
    var copy = line;
    copy += ".";
    if (copy == line) {{ return 0; }}
    return line.len * 10 + copy.len;
}}
""")

    def list(self, u, rng):
        a = rng.randrange(2, 50)
        self.lines_of(f"""
fn make_list{u}(count: i64, seed: i64) -> *Node{u} {{
    var head: *Node{u} = null;
    for (i in 0..count) {{
        let node = mem.alloc(@sizeof(Node{u})) as *Node{u};
        node.value = (seed + i * {a}) % {MODULUS};
        node.next = head;
        head = node;
    }}
    return head;
}}
fn free_list{u}(head: *Node{u}) {{
    var node = head;
    while (node != null) {{
        let next = node.next;
        mem.free(node as *u8, @sizeof(Node{u}));
        node = next;
    }}
}}
fn list{u}(seed: i64) -> i64 {{
    let head = make_list{u}(seed % 6 + 2, seed);
    defer free_list{u}(head);
    var node = head;
    var sum: i64 = 0;
    while (node != null) {{
        sum = (sum * 2 + node.value) % {MODULUS};
        node = node.next;
    }}
    return sum;
}}
""")

    def owners(self, u, rng):
        a = rng.randrange(2, 50)
        self.lines_of(f"""
fn close{u}(handle: Handle{u}, by: i64) -> i64 {{
    if (handle.owner.len > 6) {{ return handle.number; }}
    return handle.number + by;
}}
fn owners{u}(seed: i64) -> i64 {{
    let first = Handle{u} {{ number: seed % {a}; owner: "owner{u}" }};
    let second = Handle{u} {{ number: {a}; owner: "other" }};
    var result = close{u}(second, seed);
    if (seed % 2 == 0) {{
        result = result + close{u}(first, 1);
    }} else {{
        result = result + first.number + 2;
    }}
    return result % {MODULUS};
}}
""")

    def generic(self, u, rng):
        a = rng.randrange(2, 9)
        self.lines_of(f"""
fn grown{u}(seed: i64, record: Record{u}) -> Record{u} or Fault{u} {{
    if (seed < 0) {{ return Fault{u}.Odd; }}
    if (seed > {MODULUS}) {{ return Fault{u}.Large; }}
    var result = record;
    result.grow(seed);
    return result;
}}
fn generic{u}(seed: i64) -> i64 {{
    let record = Record{u} {{ id: 1; name: "pair"; size: {a} }};
    let turned = grown{u}(seed, record) or {{ return 0; }};
    return (seed + turned.size + {2 * a}) % {MODULUS};
}}
""")

    def main(self, value):
        self.lines_of(f'fn main() {{ io.print_i64({value}); io.println(""); }}')


class C(Writer):
    header = """
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        typedef struct { char *bytes; int64_t len; } String;
        static String string_of(const char *text) {
            String s = { strdup(text), (int64_t)strlen(text) };
            return s;
        }
        static void append(String *s, const char *text) {
            int64_t more = (int64_t)strlen(text);
            s->bytes = realloc(s->bytes, s->len + more + 1);
            memcpy(s->bytes + s->len, text, more + 1);
            s->len += more;
        }
    """

    def function(self, name, parameters):
        text = ", ".join(f"int64_t {p}" for p in parameters)
        self.open(f"static int64_t {name}({text})")

    def let(self, name, value):
        self.line(f"int64_t {name} = {value};")

    def var(self, name, value):
        self.let(name, value)

    def count(self, name, bound, body):
        self.open(f"for (int64_t {name} = 0; {name} < {bound}; {name}++)")
        body()
        self.close()

    def types(self, u, rng):
        self.lines_of(f"""
typedef struct {{
    int64_t id;
    String name;
    int64_t size;
}} Record{u};
static int64_t weight{u}(const Record{u} *self, int64_t factor) {{
    return (self->id * factor + self->size) % {MODULUS};
}}
static void grow{u}(Record{u} *self, int64_t by) {{
    self->size = (self->size + by) % {MODULUS};
    append(&self->name, "+");
}}
typedef struct {{
    enum {{ Circle{u}, Label{u}, Box{u}, Nothing{u} }} kind;
    union {{
        int64_t radius;
        String text;
        struct {{ int64_t width, height; }} box;
    }} as;
}} Shape{u};
typedef struct Node{u} {{ int64_t value; struct Node{u} *next; }} Node{u};
typedef struct {{ int64_t number; String owner; }} Handle{u};
""")

    def records(self, u, rng):
        a, b = rng.randrange(2, 9), rng.randrange(1, 50)
        self.lines_of(f"""
static Record{u} *make_records{u}(int64_t count) {{
    Record{u} *records = malloc(sizeof(Record{u}) * count);
    for (int64_t i = 0; i < count; i++) {{
        records[i].id = i;
        records[i].name = string_of("record{u}");
        records[i].size = i * {a} + {b};
    }}
    return records;
}}
static Record{u} *copy_records{u}(const Record{u} *records, int64_t count) {{
    Record{u} *copy = malloc(sizeof(Record{u}) * count);
    for (int64_t i = 0; i < count; i++) {{
        copy[i] = records[i];
        copy[i].name = string_of(records[i].name.bytes);
    }}
    return copy;
}}
static void free_records{u}(Record{u} *records, int64_t count) {{
    for (int64_t i = 0; i < count; i++) {{ free(records[i].name.bytes); }}
    free(records);
}}
static int64_t sum_records{u}(const Record{u} *records, int64_t count, int64_t factor) {{
    int64_t sum = 0;
    for (int64_t i = 0; i < count; i++) {{
        if (records[i].size > {b}) {{
            sum = (sum + weight{u}(&records[i], factor)) % {MODULUS};
        }} else {{
            sum = sum + records[i].name.len;
        }}
    }}
    return sum;
}}
static int64_t records{u}(int64_t seed) {{
    int64_t count = seed % 7 + 3;
    Record{u} *records = make_records{u}(count);
    Record{u} *other = copy_records{u}(records, count);
    grow{u}(&other[1], seed);
    records[2].size = {b};
    String first = string_of(other[1].name.bytes);
    append(&first, "!");
    int64_t before = sum_records{u}(records, count, {a});
    int64_t after = sum_records{u}(other, count, {a});
    int64_t result = (before * 3 + after + first.len) % {MODULUS};
    free(first.bytes);
    free_records{u}(records, count);
    free_records{u}(other, count);
    return result;
}}
""")

    def shapes(self, u, rng):
        a, b = rng.randrange(2, 9), rng.randrange(1, 50)
        self.lines_of(f"""
static Shape{u} make_shape{u}(int64_t kind, int64_t size) {{
    Shape{u} shape = {{ Nothing{u}, {{ 0 }} }};
    if (kind == 0) {{ shape.kind = Circle{u}; shape.as.radius = size; }}
    if (kind == 1) {{
        shape.kind = Label{u};
        shape.as.text = string_of("shape{u} ");
        append(&shape.as.text, "{b}");
    }}
    if (kind == 2) {{ shape.kind = Box{u}; shape.as.box.width = size; shape.as.box.height = {a}; }}
    return shape;
}}
static int64_t area{u}(const Shape{u} *shape) {{
    switch (shape->kind) {{
        case Circle{u}: return shape->as.radius * shape->as.radius % {MODULUS} * 3;
        case Label{u}: return shape->as.text.len;
        case Box{u}: return shape->as.box.width * shape->as.box.height;
        case Nothing{u}: return 0;
    }}
    return 0;
}}
static int64_t shapes{u}(int64_t seed) {{
    int64_t total = 0;
    for (int64_t i = 0; i < 8; i++) {{
        Shape{u} shape = make_shape{u}(i % 4, (seed + i * {a}) % {MODULUS});
        total = (total + area{u}(&shape)) % {MODULUS};
        if (shape.kind == Label{u}) {{ free(shape.as.text.bytes); }}
    }}
    return total;
}}
""")

    def text(self, u, rng):
        words = [rng.choice("alpha beta gamma delta epsilon zeta".split()) for _ in range(3)]
        self.lines_of(f"""
static int64_t text{u}(int64_t seed) {{
    const char *words[3] = {{ "{words[0]}", "{words[1]}", "{words[2]}" }};
    String line = string_of("");
    for (int64_t i = 0; i < seed % 5 + 2; i++) {{
        if (line.len > 0) {{ append(&line, ", "); }}
        append(&line, words[i % 3]);
    }}
    String copy = string_of(line.bytes);
    append(&copy, ".");
    int64_t result = line.len * 10 + copy.len;
    if (strcmp(copy.bytes, line.bytes) == 0) {{ result = 0; }}
    free(line.bytes);
    free(copy.bytes);
    return result;
}}
""")

    def list(self, u, rng):
        a = rng.randrange(2, 50)
        self.lines_of(f"""
static Node{u} *make_list{u}(int64_t count, int64_t seed) {{
    Node{u} *head = NULL;
    for (int64_t i = 0; i < count; i++) {{
        Node{u} *node = malloc(sizeof(Node{u}));
        node->value = (seed + i * {a}) % {MODULUS};
        node->next = head;
        head = node;
    }}
    return head;
}}
static int64_t list{u}(int64_t seed) {{
    Node{u} *node = make_list{u}(seed % 6 + 2, seed);
    int64_t sum = 0;
    while (node != NULL) {{
        Node{u} *next = node->next;
        sum = (sum * 2 + node->value) % {MODULUS};
        free(node);
        node = next;
    }}
    return sum;
}}
""")

    def owners(self, u, rng):
        a = rng.randrange(2, 50)
        self.lines_of(f"""
static int64_t close{u}(const Handle{u} *handle, int64_t by) {{
    if (handle->owner.len > 6) {{ return handle->number; }}
    return handle->number + by;
}}
static int64_t owners{u}(int64_t seed) {{
    Handle{u} first = {{ seed % {a}, string_of("owner{u}") }};
    Handle{u} second = {{ {a}, string_of("other") }};
    int64_t result = close{u}(&second, seed);
    free(second.owner.bytes);
    if (seed % 2 == 0) {{
        result = result + close{u}(&first, 1);
    }} else {{
        result = result + first.number + 2;
    }}
    free(first.owner.bytes);
    return result % {MODULUS};
}}
""")

    def generic(self, u, rng):
        a = rng.randrange(2, 9)
        self.lines_of(f"""
static int64_t generic{u}(int64_t seed) {{
    Record{u} record = {{ 1, string_of("pair"), {a} }};
    grow{u}(&record, seed);
    int64_t size = record.size;
    free(record.name.bytes);
    return (seed + size + {2 * a}) % {MODULUS};
}}
""")

    def main(self, value):
        self.lines_of(f'int main(void) {{ printf("%lld\\n", (long long)({value})); }}')


class Arithmetic:
    """Functions of five to forty lines with numbers only: declarations, assignments, conditions, loops, calls."""

    def __init__(self, out, rng):
        self.out = out
        self.rng = rng
        self.callable = []  # of this unit and of some before it

    def function(self, name):
        self.names = ["a", "b"]
        self.unused = ["b"]
        self.out.function(name, ["a", "b"])
        self.out.var("result", "a")
        self.names.append("result")
        self.statements(self.rng.randrange(2, 12), 0)
        self.out.give(f"result % {MODULUS}")
        self.out.close()

    def operand(self):
        if self.unused and self.rng.random() < 0.6:
            return self.unused.pop()
        if self.rng.random() < 0.4:
            return str(self.rng.randrange(1, 100))
        return self.rng.choice(self.names)

    def value(self):
        kind = self.rng.randrange(4)
        if kind == 0 and self.callable:
            return f"{self.rng.choice(self.callable)}({self.operand()}, {self.operand()}) % {MODULUS}"
        if kind == 1:
            return f"({self.operand()} + {self.operand()} * {self.rng.randrange(2, 9)}) % {MODULUS}"
        if kind == 2:
            return f"({self.operand()} * {self.operand()} + {self.operand()}) % {MODULUS}"
        return f"({self.operand()} + {self.operand()}) % {MODULUS}"

    def statements(self, count, depth):
        known = len(self.names)
        for _ in range(count):
            kind = self.rng.randrange(6)
            if kind <= 1:
                name = f"v{len(self.names)}"
                self.out.let(name, self.value())
                self.names.append(name)
                self.unused.append(name)
            elif kind == 2 and depth < 2:
                self.out.condition(f"{self.operand()} {self.rng.choice(['<', '>', '=='])} {self.operand()} % 97")
                self.statements(self.rng.randrange(1, 4), depth + 1)
                if self.rng.random() < 0.5:
                    self.out.otherwise()
                    self.statements(self.rng.randrange(1, 3), depth + 1)
                self.out.close()
            elif kind == 3 and depth < 1:
                index = f"i{len(self.names)}"

                def body():
                    self.names.append(index)
                    self.statements(self.rng.randrange(1, 4), 2)
                    self.names.pop()

                self.out.count(index, self.rng.randrange(2, 6), body)
            else:
                self.out.set("result", self.value())
        self.unused = [name for name in self.unused if name in self.names[:known]]
        del self.names[known:]


def unit(out, rng, number, entries):
    out.types(number, rng)
    arithmetic = Arithmetic(out, rng)
    arithmetic.callable = [rng.choice(entries) for _ in range(2) if entries]
    mine = []
    for k in range(rng.randrange(4, 8)):
        name = f"work{number}_{k}"
        arithmetic.function(name)
        mine.append(name)
        # The last ones only: calls that went on through all units would run for ever.
        arithmetic.callable = mine[-1:] if k > 0 else mine + [rng.choice(entries) for _ in range(1) if entries]
    out.records(number, rng)
    out.shapes(number, rng)
    out.text(number, rng)
    out.list(number, rng)
    out.owners(number, rng)
    out.generic(number, rng)
    leaf = f"leaf{number}"
    out.function(leaf, ["a", "b"])
    out.give(f"(a * {rng.randrange(2, 9)} + b) % {MODULUS}")
    out.close()
    out.function(f"unit{number}", ["seed"])
    out.var("sum", "seed")
    for part in ("records", "shapes", "text", "list", "owners", "generic"):
        out.set("sum", f"(sum * 3 + {part}{number}(sum)) % {MODULUS}")
    for name in mine:
        out.set("sum", f"(sum + {name}(sum, {rng.randrange(100)})) % {MODULUS}")
    out.give("sum")
    out.close()
    entries.append(leaf)
    del entries[:-50]


def main(out, units):
    """Two functions call all units: what is called in one place only is a special case for optimisers."""
    for name in ("there", "back"):
        out.function(name, ["seed"])
        out.var("sum", "seed")
        for number in range(units) if name == "there" else reversed(range(units)):
            out.set("sum", f"(sum * 3 + unit{number}(sum)) % {MODULUS}")
        out.give("sum")
        out.close()
    out.main("there(1) + back(2)")


LANGUAGES = {"ng": Ng, "tape": Tape, "c": C}


def program(language, units, seed=1):
    out = LANGUAGES[language]()
    for line in out.header.strip("\n").split("\n"):
        out.line(line[8:])
    if language == "ng":
        out.line("val closed: i64 = 0;")
    entries = []
    for number in range(units):
        # A generator of its own for each unit: the same unit in each language.
        unit(out, random.Random(seed * 1_000_003 + number), number, entries)
    main(out, units)
    return "\n".join(out.lines) + "\n"


def command_line():
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in LANGUAGES:
        sys.exit("usage: generate.py ng|tape|c UNITS [SEED]")
    sys.stdout.write(program(sys.argv[1], int(sys.argv[2]), *map(int, sys.argv[3:])))


if __name__ == "__main__":
    command_line()
