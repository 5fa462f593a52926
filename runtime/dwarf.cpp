// The program's own line table.
//
// For call traces of executables: where the code at an address comes from, read from .debug_line
// (DWARF 2 to 5, as LLVM and GCC write it) of the file that is running, and the function's name
// from .symtab. A linear search with no memory of its own, so it also works in a signal handler;
// a trace is rare and short. Source: the DWARF 5 standard, 6.2. Nothing in the file is trusted:
// reading past an end gives zeros, and a unit that makes no sense is left out.
#include <elf.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rt_internal.h"

namespace tenure::rt {
namespace {

struct Bytes {
  const uint8_t* at;
  const uint8_t* end;

  bool more() const { return at < end; }
  uint64_t left() const { return static_cast<uint64_t>(end - at); }
  void skip(uint64_t count) { at = count < left() ? at + count : end; }
  uint64_t number(unsigned bytes) {
    uint64_t value = 0;
    if (left() < bytes) {
      at = end;
      return 0;
    }
    memcpy(&value, at, bytes);
    at += bytes;
    return value;
  }
  uint64_t uleb() {
    uint64_t value = 0;
    for (unsigned shift = 0; more(); shift += 7) {
      uint8_t byte = *at++;
      if (shift < 64) value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (!(byte & 0x80)) break;
    }
    return value;
  }
  int64_t sleb() {
    uint64_t value = 0;
    for (unsigned shift = 0; more();) {
      uint8_t byte = *at++;
      if (shift < 64) value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      shift += 7;
      if (byte & 0x80) continue;
      if ((byte & 0x40) && shift < 64) value |= ~uint64_t{0} << shift;
      break;
    }
    return static_cast<int64_t>(value);
  }
  const char* string() {
    const uint8_t* nul = static_cast<const uint8_t*>(memchr(at, 0, left()));
    if (!nul) {
      at = end;
      return "";
    }
    const char* text = reinterpret_cast<const char*>(at);
    at = nul + 1;
    return text;
  }
};

struct Image {
  Bytes lines, line_strings, strings, symbols, names;
  uint64_t bias;
  bool good;
};
Image image;
bool image_tried;

const char* string_at(Bytes section, uint64_t offset) {
  section.skip(offset);
  return section.more() ? section.string() : "";
}

uint64_t load_bias() {
  const Elf64_Phdr* headers = reinterpret_cast<const Elf64_Phdr*>(getauxval(AT_PHDR));
  uint64_t count = getauxval(AT_PHNUM);
  for (uint64_t i = 0; headers && i < count; i++)
    if (headers[i].p_type == PT_PHDR)
      return reinterpret_cast<uint64_t>(headers) - headers[i].p_vaddr;
  return 0;
}

void take_section(const char* name, Bytes bytes) {
  struct {
    const char* name;
    Bytes* into;
  } wanted[] = {{".debug_line", &image.lines},
                {".debug_line_str", &image.line_strings},
                {".debug_str", &image.strings},
                {".symtab", &image.symbols},
                {".strtab", &image.names}};
  for (auto& one : wanted)
    if (strcmp(name, one.name) == 0) *one.into = bytes;
}

void open_image() {
  image_tried = true;
  int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  struct stat status;
  void* map = MAP_FAILED;
  if (fstat(fd, &status) == 0 && status.st_size > static_cast<off_t>(sizeof(Elf64_Ehdr)))
    map = mmap(nullptr, static_cast<size_t>(status.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
  close(fd);
  if (map == MAP_FAILED) return;
  const uint8_t* file = static_cast<const uint8_t*>(map);
  uint64_t size = static_cast<uint64_t>(status.st_size);
  Elf64_Ehdr header;
  memcpy(&header, file, sizeof header);
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64)
    return;
  auto section = [&](uint64_t i, Elf64_Shdr* row) {
    uint64_t at = header.e_shoff + i * sizeof(Elf64_Shdr);
    if (at > size || size - at < sizeof(Elf64_Shdr)) return false;
    memcpy(row, file + at, sizeof *row);
    return row->sh_type != SHT_NOBITS && row->sh_offset <= size &&
           row->sh_size <= size - row->sh_offset;
  };
  Elf64_Shdr names, row;
  if (!section(header.e_shstrndx, &names)) return;
  Bytes all_names = {file + names.sh_offset, file + names.sh_offset + names.sh_size};
  for (uint64_t i = 0; i < header.e_shnum; i++) {
    if (!section(i, &row) || (row.sh_flags & SHF_COMPRESSED)) continue;
    take_section(string_at(all_names, row.sh_name),
                 {file + row.sh_offset, file + row.sh_offset + row.sh_size});
  }
  image.bias = load_bias();
  image.good = image.lines.more();
}

// ---- a unit of the line table

enum : uint64_t { kPath = 1, kDirectory = 2 };  // DW_LNCT_*

struct Row {
  uint64_t address, file, line, column;
};

struct Unit {
  Bytes tables;  // behind the opcode lengths: directories and files
  Bytes program;
  unsigned version, offset_size, address_size;
  uint64_t min_length, range, opcode_base;
  int64_t line_base;
  const uint8_t* lengths;  // of the standard opcodes, from 1

  bool read(Bytes& section) {
    uint64_t length = section.number(4);
    offset_size = 4;
    if (length == 0xFFFFFFFF) {
      length = section.number(8);
      offset_size = 8;
    }
    Bytes unit = {section.at, section.at + (length < section.left() ? length : section.left())};
    section.skip(length);
    version = static_cast<unsigned>(unit.number(2));
    if (version < 2 || version > 5) return false;
    address_size = 8;
    if (version >= 5) {
      address_size = static_cast<unsigned>(unit.number(1));
      unit.number(1);
    }
    uint64_t header = unit.number(offset_size);
    program = unit;
    program.skip(header);
    min_length = unit.number(1);
    if (version >= 4) unit.number(1);
    unit.number(1);
    line_base = static_cast<int8_t>(unit.number(1));
    range = unit.number(1);
    opcode_base = unit.number(1);
    lengths = unit.at;
    if (!range || !opcode_base || address_size != 8 || unit.left() < opcode_base) return false;
    unit.skip(opcode_base - 1);
    tables = {unit.at, program.at};
    return true;
  }

  uint64_t form(Bytes& from, uint64_t kind, const char** text) const {
    switch (kind) {
      case 0x08:
        *text = from.string();
        return 0;
      case 0x1F:
        *text = string_at(image.line_strings, from.number(offset_size));
        return 0;
      case 0x0E:
        *text = string_at(image.strings, from.number(offset_size));
        return 0;
      case 0x0B:
        return from.number(1);
      case 0x05:
        return from.number(2);
      case 0x06:
        return from.number(4);
      case 0x07:
        return from.number(8);
      case 0x0F:
        return from.uleb();
      case 0x0D:
        return static_cast<uint64_t>(from.sleb());
      case 0x1E:
        from.skip(16);
        return 0;
      case 0x09:
        from.skip(from.uleb());
        return 0;
      default:
        from.at = from.end;
        return 0;
    }
  }

  const char* file_name_5(uint64_t file) const {
    Bytes at = tables;
    for (int table = 0; table < 2; table++) {  // directories, then files
      uint64_t format_count = at.number(1);
      const Bytes formats = at;
      for (uint64_t f = 0; f < format_count * 2; f++) at.uleb();
      uint64_t count = at.uleb();
      for (uint64_t row = 0; row < count && at.more(); row++) {
        Bytes kinds = formats;
        const char* name = nullptr;
        for (uint64_t f = 0; f < format_count; f++) {
          uint64_t content = kinds.uleb();
          const char* text = nullptr;
          form(at, kinds.uleb(), &text);
          if (content == kPath) name = text;
        }
        if (table == 1 && row == file) return name;
      }
    }
    return nullptr;
  }

  const char* file_name(uint64_t file) const {
    if (version >= 5) return file_name_5(file);
    Bytes at = tables;
    while (at.more() && *at.string()) {
    }
    for (uint64_t row = 1; at.more(); row++) {
      const char* name = at.string();
      if (!*name) return nullptr;
      if (row == file) return name;
      at.uleb();
      at.uleb();
      at.uleb();
    }
    return nullptr;
  }

  // Runs the line program; true when a row covers pc.
  bool find(uint64_t pc, Row* found) const {
    Bytes code = program;
    Row row = {0, 1, 1, 0}, last = row;
    bool have_last = false;
    auto emit = [&](bool end) {
      if (have_last && last.address <= pc && pc < row.address) {
        *found = last;
        return true;
      }
      last = row;
      have_last = !end && row.address != 0;
      if (end) row = {0, 1, 1, 0};
      return false;
    };
    while (code.more()) {
      uint64_t op = code.number(1);
      if (op >= opcode_base) {
        op -= opcode_base;
        row.address += op / range * min_length;
        row.line += static_cast<uint64_t>(line_base + static_cast<int64_t>(op % range));
        if (emit(false)) return true;
        continue;
      }
      switch (op) {
        case 0: {
          uint64_t length = code.uleb();
          Bytes body = {code.at, code.at + (length < code.left() ? length : code.left())};
          code.skip(length);
          uint64_t extended = body.number(1);
          if (extended == 2) row.address = body.number(8);
          if (extended == 1 && emit(true)) return true;
          break;
        }
        case 1:
          if (emit(false)) return true;
          break;
        case 2:
          row.address += code.uleb() * min_length;
          break;
        case 3:
          row.line += static_cast<uint64_t>(code.sleb());
          break;
        case 4:
          row.file = code.uleb();
          break;
        case 5:
          row.column = code.uleb();
          break;
        case 8:
          row.address += (255 - opcode_base) / range * min_length;
          break;
        case 9:
          row.address += code.number(2);
          break;
        default:
          for (uint8_t n = lengths[op - 1]; n > 0; n--) code.uleb();
      }
    }
    return false;
  }
};

// Functions of the program have symbols `ng.NAME` or, if several share a name, `ng.NAME;NUMBER`.
const char* shown_name(const char* symbol) {
  static char shown[256];
  if (!symbol || strncmp(symbol, "ng.", 3) != 0) return symbol;
  const char* end = strrchr(symbol, ';');
  size_t length = end ? static_cast<size_t>(end - symbol) - 3 : strlen(symbol) - 3;
  if (length >= sizeof shown) length = sizeof shown - 1;
  memcpy(shown, symbol + 3, length);
  shown[length] = 0;
  return shown;
}

const char* function_at(uint64_t address) {
  Bytes rows = image.symbols;
  while (rows.left() >= sizeof(Elf64_Sym)) {
    Elf64_Sym symbol;
    memcpy(&symbol, rows.at, sizeof symbol);
    rows.skip(sizeof symbol);
    if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && address - symbol.st_value < symbol.st_size)
      return string_at(image.names, symbol.st_name);
  }
  return nullptr;
}

// Frames of the runtime and of C code are none of the program's.
bool is_foreign(const char* file) {
  const char* dot = strrchr(file, '.');
  if (!dot) return false;
  static const char* const kForeign[] = {".c", ".cc", ".cpp", ".h", ".hpp", ".S"};
  for (const char* ending : kForeign)
    if (strcmp(dot, ending) == 0) return true;
  return false;
}

}  // namespace

bool dwarf_symbolize(uintptr_t pc, const char** name, TnSite* site, void*) {
  if (!image_tried) open_image();
  if (!image.good) return false;
  uint64_t address = pc - image.bias;
  Bytes section = image.lines;
  while (section.more()) {
    Unit unit;
    Row row;
    if (!unit.read(section) || !unit.find(address, &row)) continue;
    const char* file = unit.file_name(row.file);
    if (!file || is_foreign(file)) return false;
    *site = {file, static_cast<uint32_t>(row.line), static_cast<uint32_t>(row.column)};
    *name = shown_name(function_at(address));
    return true;
  }
  return false;
}

}  // namespace tenure::rt
