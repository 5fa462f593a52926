// lld's ELF driver can link files of LLVM bitcode: it optimises them as one program, for which it
// brings every pass that LLVM has, with some fifteen megabytes of code and a thousand options that
// each start of the compiler registers. Here the optimised program comes to it as machine code, and
// the libraries that it is linked with are too. So what lld wants for bitcode is this: a file of
// bitcode is refused, with a message, and the rest is never reached.
#include <llvm/LTO/LTO.h>

#include "base/check.h"

namespace lld::elf {

class InputFile;
class BitcodeFile;

// As lld declares it, in a header of its own (lld/ELF/LTO.h), so far as who calls it must know.
class BitcodeCompiler {
 public:
  BitcodeCompiler();
  ~BitcodeCompiler();
  void add(BitcodeFile& file);
  std::vector<InputFile*> compile();
};

// lld always makes one, and asks it for what became of the files.
BitcodeCompiler::BitcodeCompiler() = default;
BitcodeCompiler::~BitcodeCompiler() = default;
void BitcodeCompiler::add(BitcodeFile&) {
  TN_UNREACHABLE("a file of bitcode was not refused");
}
std::vector<InputFile*> BitcodeCompiler::compile() {
  return {};
}

}  // namespace lld::elf

namespace llvm::lto {

InputFile::~InputFile() = default;

Expected<std::unique_ptr<InputFile>> InputFile::create(MemoryBufferRef) {
  return createStringError(inconvertibleErrorCode(), "it is LLVM bitcode, not machine code");
}

SmallVector<const char*> LTO::getRuntimeLibcallSymbols(const Triple&) {
  return {};
}

}  // namespace llvm::lto
