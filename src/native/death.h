// The deaths of unwatched types as functions of the program.
//
// When an unwatched object dies, nobody sees it, so the order is free [O-KIND-4] and the object's
// own function lets go of what it holds, gives its block back and goes on with a child that died by
// it: no table is walked and no header beyond its own word is looked at. What is left over, several
// children at once, is a call; such calls are counted, and what is deeper than kDeepest goes to the
// runtime's walk, which needs no stack (drain.cpp). So a list of ten million nodes is a loop, a
// tree mostly calls, and neither is deep on the stack [O-LIFE-9].
#pragma once

#include "native/module.h"

namespace tenure::native {

// Whether objects of the type are made and given back in place: the block is one of the small ones
// and nothing but a header stands before the body.
bool is_quick_object(const ModuleLowering& module, oir::TypeId type);
// The header of a new object of the type, and of every one that has one owner and no other history.
uint64_t fresh_header(const ModuleLowering& module, oir::TypeId type);
// The addresses of the members of TnFree for the blocks that objects of the type come from.
struct FreeBlocks {
  llvm::Value* first;
  llvm::Value* end;
  llvm::Value* list;
  uint64_t size;  // of a block
};
FreeBlocks free_blocks(ModuleLowering& module, llvm::IRBuilder<>& b, oir::TypeId type);

// The block of an object that has ended, with a fresh header, is free. Not while somebody watches.
void give_back(ModuleLowering& module, llvm::IRBuilder<>& b, oir::TypeId type, llvm::Value* body);

class Deaths {
 public:
  explicit Deaths(ModuleLowering& module) : module_(module), rows_(module.program.types.size()) {}
  // The death function of the type, null if it has none: void (ptr body). For an object whose
  // header is fresh_header.
  llvm::Function* of(oir::TypeId type);
  // What death functions call: void (ptr body, i32 how many calls may still nest).
  llvm::Function* inner(oir::TypeId type);
  // Makes the bodies of all that was asked for.
  void finish();

 private:
  std::string name(const char* what, oir::TypeId id) const;
  struct Row {
    bool known = false;
    llvm::Function* inner = nullptr;
    llvm::Function* entrance = nullptr;
  };
  ModuleLowering& module_;
  std::vector<Row> rows_;
  std::vector<oir::TypeId> unfinished_;
};

}  // namespace tenure::native
