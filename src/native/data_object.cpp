#include "native/data_object.h"

#include <elf.h>

#include <cstring>

namespace tenure::native {
namespace {

enum SectionIndex : uint16_t { kNull, kData, kRelocations, kSymbols, kStrings, kStack, kSections };

// The names of sections and of symbols are in one table.
uint32_t add_name(std::string& strings, std::string_view name) {
  auto at = static_cast<uint32_t>(strings.size());
  strings.append(name);
  strings += '\0';
  return at;
}

Elf64_Sym hidden_symbol(uint32_t name, unsigned char type, uint16_t section, uint64_t size) {
  return {name, static_cast<unsigned char>(ELF64_ST_INFO(STB_GLOBAL, type)), STV_HIDDEN, section, 0,
          size};
}

// Puts the content of a section behind what is there.
void place(std::string& file, Elf64_Shdr& section, std::string_view content) {
  file.resize((file.size() + 7) / 8 * 8);
  section.sh_offset = file.size();
  section.sh_size = content.size();
  file += content;
}

}  // namespace

std::string DataObject::finish() const {
  std::string strings(1, '\0');
  std::vector<Elf64_Sym> symbols(1);
  symbols.push_back(hidden_symbol(add_name(strings, name_), STT_OBJECT, kData, bytes_.size()));
  std::vector<Elf64_Rela> relocations;
  for (const Reference& reference : references_) {
    relocations.push_back({reference.offset, ELF64_R_INFO(symbols.size(), R_X86_64_PC32), 0});
    symbols.push_back(hidden_symbol(add_name(strings, reference.symbol), STT_NOTYPE, SHN_UNDEF, 0));
  }
  Elf64_Shdr sections[kSections] = {};
  auto describe = [&](SectionIndex index, const char* name, uint32_t type, uint64_t flags,
                      uint64_t entry_size) -> Elf64_Shdr& {
    sections[index].sh_name = add_name(strings, name);
    sections[index].sh_type = type;
    sections[index].sh_flags = flags;
    sections[index].sh_entsize = entry_size;
    sections[index].sh_addralign = 8;
    return sections[index];
  };
  describe(kData, ".rodata", SHT_PROGBITS, SHF_ALLOC, 0);
  Elf64_Shdr& rela = describe(kRelocations, ".rela.rodata", SHT_RELA, 0, sizeof(Elf64_Rela));
  rela.sh_link = kSymbols;
  rela.sh_info = kData;
  Elf64_Shdr& table = describe(kSymbols, ".symtab", SHT_SYMTAB, 0, sizeof(Elf64_Sym));
  table.sh_link = kStrings;
  table.sh_info = 1;  // the first that is not local
  describe(kStrings, ".strtab", SHT_STRTAB, 0, 0);
  describe(kStack, ".note.GNU-stack", SHT_PROGBITS, 0, 0);

  std::string relocation_bytes;
  std::string symbol_bytes;
  append(relocation_bytes, relocations.data(), relocations.size());
  append(symbol_bytes, symbols.data(), symbols.size());
  std::string file(sizeof(Elf64_Ehdr), '\0');
  place(file, sections[kData], bytes_);
  place(file, sections[kRelocations], relocation_bytes);
  place(file, sections[kSymbols], symbol_bytes);
  place(file, sections[kStrings], strings);
  place(file, sections[kStack], {});
  file.resize((file.size() + 7) / 8 * 8);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_shoff = file.size();
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = kSections;
  header.e_shstrndx = kStrings;
  std::memcpy(file.data(), &header, sizeof header);
  append(file, sections, kSections);
  return file;
}

}  // namespace tenure::native
