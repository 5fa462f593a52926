#include "native/death.h"

#include <algorithm>
#include <functional>

namespace tenure::native {

using llvm::BasicBlock;
using llvm::Value;
using oir::Type;
using oir::TypeId;
using oir::TypeKind;

namespace {

// How deep calls of death functions nest: some kilobytes of the stack.
constexpr uint32_t kDeepest = 100;
// Of a type with a function: what an object owns, at most, and the variants that it may have.
constexpr int kMostOwned = 12;
constexpr size_t kMostVariants = 40;

// How many slots of a value of the type own something, or more than kMostOwned where this is not
// what a function is made for. `deep`: how far values lie in values.
int count_owned(const ModuleLowering& module, TypeId id, int deep = 0) {
  const oir::TypeTable& types = module.program.types;
  const Type& type = types[id];
  if (types.is_plain(id)) return 0;
  if (deep > kMostOwned) return kMostOwned + 1;
  auto sum = [&](const std::vector<oir::Field>& fields) {
    int count = 0;
    for (const oir::Field& field : fields) {
      if (count <= kMostOwned) count += count_owned(module, field.type, deep + 1);
    }
    return count;
  };
  switch (type.kind) {
    case TypeKind::Struct:
    case TypeKind::Tuple:
      return sum(type.fields);
    case TypeKind::Union: {
      if (type.variants.size() > kMostVariants) return kMostOwned + 1;
      int most = 0;
      for (const oir::Variant& variant : type.variants) most = std::max(most, sum(variant.fields));
      return most;
    }
    case TypeKind::FixedArray:
      if (type.count > uint64_t{kMostOwned}) return kMostOwned + 1;
      return static_cast<int>(type.count) * count_owned(module, type.elem, deep + 1);
    default:
      return 1;
  }
}

bool has_function(const ModuleLowering& module, TypeId id) {
  const Type& type = module.program.types[id];
  if (module.options.opt_level == 0 || module.options.counters || type.watched || type.interior)
    return false;
  if (!is_quick_object(module, id) || module.holds_holes(id)) return false;
  return count_owned(module, id) <= kMostOwned;
}

// One function becoming code. A turn of its loop is the death of one object: what it holds of other
// types is let go of; then its block is given back; then the children of its own type are, of which
// the first that dies by it is the next turn and others are calls.
class DeathLowering {
 public:
  DeathLowering(ModuleLowering& module, TypeId type, llvm::Function* function)
      : module_(module), type_(type), llvm_(function), b_(module.context) {
    llvm::MDBuilder metadata(module.context);
    unlikely_ = metadata.createBranchWeights(1, 2000);
  }

  // ptr body, i32 how many calls may still nest.
  void run() {
    BasicBlock* entry = BasicBlock::Create(module_.context, "entry", llvm_);
    b_.SetInsertPoint(entry);
    Value* first = llvm_->getArg(0);
    left_ = llvm_->getArg(1);
    when(b_.CreateICmpEQ(left_, b_.getInt32(0)), [&] {
      call(Rt::tn_drain, {first});
      b_.CreateRetVoid();
    });
    next_ = b_.CreateAlloca(module_.ptr);
    b_.CreateStore(first, next_);
    BasicBlock* loop = new_block("dies");
    b_.CreateBr(loop);
    b_.SetInsertPoint(loop);
    Value* body = b_.CreateLoad(module_.ptr, next_);
    start_ = &loop->front();
    let_go(body, type_);
    give_back(body);
    let_children_go(loop);
    b_.CreateRetVoid();
  }

 private:
  BasicBlock* new_block(const char* name) {
    return BasicBlock::Create(module_.context, name, llvm_);
  }

  void when(Value* condition, const std::function<void()>& body, bool unlikely = true) {
    BasicBlock* then = new_block("then");
    BasicBlock* next = new_block("next");
    b_.CreateCondBr(condition, then, next, unlikely ? unlikely_ : nullptr);
    b_.SetInsertPoint(then);
    body();
    if (!b_.GetInsertBlock()->getTerminator()) b_.CreateBr(next);
    b_.SetInsertPoint(next);
  }

  void either(Value* condition, const std::function<void()>& yes, const std::function<void()>& no) {
    BasicBlock* then = new_block("then");
    BasicBlock* otherwise = new_block("else");
    BasicBlock* next = new_block("next");
    b_.CreateCondBr(condition, then, otherwise);
    for (auto& [block, body] : {std::pair{then, &yes}, std::pair{otherwise, &no}}) {
      b_.SetInsertPoint(block);
      (*body)();
      b_.CreateBr(next);
    }
    b_.SetInsertPoint(next);
  }

  Value* call(Rt fn, llvm::ArrayRef<Value*> args) {
    return b_.CreateCall(module_.runtime(fn), args);
  }

  Value* at(Value* place, int64_t bytes) {
    return bytes == 0 ? place : b_.CreateInBoundsGEP(module_.i8, place, b_.getInt64(bytes));
  }

  Value* load(llvm::Type* type, Value* place) {
    return b_.CreateAlignedLoad(type, place, module_.aligned(8));
  }

  llvm::Constant* null() {
    return llvm::ConstantPointerNull::get(llvm::PointerType::get(module_.context, 0));
  }

  const oir::TypeTable& types() const { return module_.program.types; }

  // ---- what a value holds

  void let_go(Value* place, TypeId id) {
    const Type& type = types()[id];
    if (types().is_plain(id)) return;
    switch (type.kind) {
      case TypeKind::Struct:
      case TypeKind::Tuple:
        return let_parts_go(place, module_.layouts[id].parts);
      case TypeKind::Union:
        return let_variant_go(place, id);
      case TypeKind::FixedArray:
        for (uint64_t i = 0; i < type.count; ++i) {
          let_go(at(place, static_cast<int64_t>(i * module_.layouts[type.elem].size)), type.elem);
        }
        return;
      case TypeKind::Ref:
      case TypeKind::Box: {
        Value* word = load(module_.ptr, place);
        if (type.elem == type_) {
          b_.CreateStore(word, waiting_place());
        } else {
          let_word_go(word, type.elem, [&] { child_dies(word, type.elem); });
        }
        return;
      }
      default:
        call(Rt::tn_drop_value, {place, module_.descriptor(id), b_.getInt32(0), null()});
        return;
    }
  }

  void let_parts_go(Value* place, const std::vector<layout::PartLayout>& parts) {
    for (const layout::PartLayout& part : parts) let_go(at(place, part.offset), part.type);
  }

  bool owns_nothing(const std::vector<layout::PartLayout>& parts) const {
    return std::all_of(parts.begin(), parts.end(),
                       [&](const layout::PartLayout& part) { return types().is_plain(part.type); });
  }

  Value* load_tag(Value* place, const layout::TypeLayout& layout) {
    return b_.CreateAlignedLoad(module_.i32, at(place, layout.tag_offset), module_.aligned(4));
  }

  void let_variant_go(Value* place, TypeId id) {
    const layout::TypeLayout& layout = module_.layouts[id];
    BasicBlock* next = new_block("variant.done");
    auto* branch = b_.CreateSwitch(load_tag(place, layout), next,
                                   static_cast<unsigned>(layout.variants.size()));
    size_t before = own_, most = own_;
    for (size_t v = 0; v < layout.variants.size(); ++v) {
      if (owns_nothing(layout.variants[v])) continue;
      BasicBlock* block = new_block("variant");
      branch->addCase(b_.getInt32(static_cast<uint32_t>(v)), block);
      b_.SetInsertPoint(block);
      own_ = before;
      let_parts_go(place, layout.variants[v]);
      most = std::max(most, own_);
      b_.CreateBr(next);
    }
    own_ = most;
    b_.SetInsertPoint(next);
  }

  // A word loses its owner; `dies`: what it leads to dies by it and has no other history.
  void let_word_go(Value* word, TypeId pointee, const std::function<void()>& dies) {
    const Type& type = types()[pointee];
    Value* there =
        b_.CreateICmpUGT(b_.CreatePtrToInt(word, module_.i64), b_.getInt64(TN_HOLE_WORD));
    when(
        there,
        [&] {
          if (type.interior) {
            call(Rt::tn_release, {word, module_.descriptor(pointee)});
            return;
          }
          Value* place = at(word, TN_COUNT_OFFSET);
          Value* header = load(module_.i64, place);
          either(b_.CreateICmpEQ(header, b_.getInt64(fresh_header(module_, pointee))), dies, [&] {
            Value* less = b_.CreateSub(header, b_.getInt64(1));
            b_.CreateAlignedStore(less, place, module_.aligned(8));
            Value* slow = b_.CreateICmpSLE(b_.CreateTrunc(less, module_.i32), b_.getInt32(0));
            if (type.cyclic) {
              Value* suspect = b_.CreateAnd(less, b_.getInt64(uint64_t{TN_F_SUSPECT} << 32));
              slow = b_.CreateOr(slow, b_.CreateIsNull(suspect));
            }
            when(slow, [&] { call(Rt::tn_release_slow, {word}); });
          });
        },
        false);
  }

  void child_dies(Value* child, TypeId type) {
    if (llvm::Function* death = module_.deaths().inner(type)) {
      die(death, child);
    } else {
      call(Rt::tn_drain, {child});
    }
  }

  void die(llvm::Function* death, Value* body) {
    llvm::CallInst* call =
        b_.CreateCall(death, {body, b_.CreateSub(left_, b_.getInt32(1), "", true)});
    call->setCallingConv(death->getCallingConv());
  }

  // ---- children of its own type

  // Where the next of them is put. Variants share theirs.
  Value* waiting_place() {
    if (own_ == children_.size()) {
      llvm::IRBuilder<> entry(&llvm_->getEntryBlock(), llvm_->getEntryBlock().begin());
      children_.push_back(entry.CreateAlloca(module_.ptr));
      llvm::IRBuilder<> start(start_);
      start.CreateStore(null(), children_.back());
    }
    return children_[own_++];
  }

  void let_children_go(BasicBlock* loop) {
    if (children_.empty()) return;
    llvm_->addFnAttr(llvm::Attribute::NoInline);
    b_.CreateStore(null(), next_);
    for (Value* place : children_) {
      Value* child = b_.CreateLoad(module_.ptr, place);
      let_word_go(child, type_, [&] {
        either(
            b_.CreateIsNull(b_.CreateLoad(module_.ptr, next_)),
            [&] { b_.CreateStore(child, next_); }, [&] { other_child_dies(child); });
      });
    }
    BasicBlock* done = new_block("done");
    b_.CreateCondBr(b_.CreateIsNull(b_.CreateLoad(module_.ptr, next_)), done, loop);
    b_.SetInsertPoint(done);
  }

  // Many of them hold nothing, so they are not called for.
  void other_child_dies(Value* child) {
    Value* nothing = holds_nothing(child);
    if (nothing == nullptr) return die(llvm_, child);
    either(nothing, [&] { give_back(child); }, [&] { die(llvm_, child); });
  }

  // Null: that is not found out at a glance.
  Value* holds_nothing(Value* body) {
    const Type& type = types()[type_];
    const layout::TypeLayout& layout = module_.layouts[type_];
    if (type.kind == TypeKind::Union) {
      uint64_t variants = 0;
      for (size_t v = 0; v < layout.variants.size(); ++v) {
        if (owns_nothing(layout.variants[v])) variants |= uint64_t{1} << v;
      }
      if (variants == 0 || layout.variants.size() > 64) return nullptr;
      Value* tag = b_.CreateZExt(load_tag(body, layout), module_.i64);
      Value* bit = b_.CreateAnd(b_.CreateLShr(b_.getInt64(variants), tag), b_.getInt64(1));
      return b_.CreateIsNotNull(bit);
    }
    if (type.kind != TypeKind::Struct) return nullptr;
    Value* words = b_.getInt64(0);
    for (const layout::PartLayout& part : layout.parts) {
      if (types().is_plain(part.type)) continue;
      TypeKind kind = types()[part.type].kind;
      if (kind != TypeKind::Ref && kind != TypeKind::Box) return nullptr;
      words = b_.CreateOr(words, load(module_.i64, at(body, part.offset)));
    }
    return b_.CreateICmpULE(words, b_.getInt64(TN_HOLE_WORD));
  }

  // ---- the block

  void give_back(Value* body) { native::give_back(module_, b_, type_, body); }

  ModuleLowering& module_;
  const TypeId type_;
  llvm::Function* llvm_;
  llvm::IRBuilder<> b_;
  llvm::MDNode* unlikely_;
  Value* left_ = nullptr;
  Value* next_ = nullptr;               // the object whose turn it is
  llvm::Instruction* start_ = nullptr;  // of a turn
  std::vector<Value*> children_;        // the places where those of its own type wait
  size_t own_ = 0;                      // how many of them the value at hand has used
};

llvm::Function* declare(ModuleLowering& module, const std::string& name,
                        llvm::ArrayRef<llvm::Type*> params) {
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(module.context), params, false);
  auto* function =
      llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, name, module.module());
  function->setCallingConv(llvm::CallingConv::Fast);
  function->setUWTableKind(llvm::UWTableKind::Default);
  function->setDoesNotThrow();
  return function;
}

// Where somebody watches, blocks go back through the runtime.
void fill_entrance(ModuleLowering& module, llvm::Function* entrance, llvm::Function* death) {
  llvm::IRBuilder<> b(BasicBlock::Create(module.context, "entry", entrance));
  BasicBlock* quick = BasicBlock::Create(module.context, "quick", entrance);
  BasicBlock* watched = BasicBlock::Create(module.context, "watched", entrance);
  llvm::Constant* watching = module.runtime_variable("tn_watching", module.i8);
  llvm::MDBuilder metadata(module.context);
  b.CreateCondBr(b.CreateIsNull(b.CreateAlignedLoad(module.i8, watching, llvm::Align(1))), quick,
                 watched, metadata.createBranchWeights(2000, 1));
  b.SetInsertPoint(watched);
  b.CreateCall(module.runtime(Rt::tn_drain), {entrance->getArg(0)});
  b.CreateRetVoid();
  b.SetInsertPoint(quick);
  b.CreateCall(death, {entrance->getArg(0), b.getInt32(kDeepest)})
      ->setCallingConv(death->getCallingConv());
  b.CreateRetVoid();
}

}  // namespace

bool is_quick_object(const ModuleLowering& module, TypeId id) {
  const Type& type = module.program.types[id];
  const layout::TypeLayout& layout = module.layouts[id];
  if (!module.layouts.is_described(id) || (type.cyclic && type.watched)) return false;
  return TN_OBJECT_BYTES(layout.size) <= TN_QUICK_BYTES;
}

uint64_t fresh_header(const ModuleLowering& module, TypeId id) {
  const Type& type = module.program.types[id];
  uint32_t info = module.layouts.described_index(id);
  if (type.cyclic) info |= TN_F_CYCLIC;
  if (type.watched) info |= TN_F_WATCHED;
  return uint64_t{1} | uint64_t{info} << 32;
}

FreeBlocks free_blocks(ModuleLowering& module, llvm::IRBuilder<>& b, TypeId type) {
  auto* row = llvm::ArrayType::get(module.i8, sizeof(TnFree));
  llvm::Constant* rows =
      module.runtime_variable("tn_free_blocks", llvm::ArrayType::get(row, TN_CLASSES));
  uint64_t bytes = TN_OBJECT_BYTES(module.layouts[type].size);
  Value* first = b.CreateConstInBoundsGEP1_64(row, rows, TN_QUICK_CLASS(bytes));
  auto member = [&](uint64_t offset) {
    return b.CreateConstInBoundsGEP1_64(module.i8, first, offset);
  };
  return {first, member(offsetof(TnFree, end)), member(offsetof(TnFree, list)), bytes};
}

void give_back(ModuleLowering& module, llvm::IRBuilder<>& b, TypeId type, Value* body) {
  FreeBlocks blocks = free_blocks(module, b, type);
  llvm::Function* function = b.GetInsertBlock()->getParent();
  BasicBlock* joins = BasicBlock::Create(module.context, "free.joins", function);
  BasicBlock* apart = BasicBlock::Create(module.context, "free.apart", function);
  BasicBlock* near = BasicBlock::Create(module.context, "free.near", function);
  BasicBlock* listed = BasicBlock::Create(module.context, "free.listed", function);
  BasicBlock* next = BasicBlock::Create(module.context, "freed", function);
  Value* behind = b.CreateConstInBoundsGEP1_64(module.i8, body, blocks.size);
  Value* first = b.CreateAlignedLoad(module.ptr, blocks.first, llvm::Align(8));
  b.CreateCondBr(b.CreateICmpEQ(behind, first), joins, apart);
  b.SetInsertPoint(joins);
  b.CreateAlignedStore(body, blocks.first, llvm::Align(8));
  b.CreateBr(next);
  b.SetInsertPoint(apart);
  Value* farther = b.CreateConstInBoundsGEP1_64(module.i8, body, 2 * blocks.size);
  llvm::MDBuilder weights(module.context);
  b.CreateCondBr(b.CreateICmpEQ(farther, first), near, listed,
                 weights.createBranchWeights(1, 1000));
  b.SetInsertPoint(near);
  b.CreateCall(module.runtime(Rt::tn_free_block), {body});
  b.CreateBr(next);
  b.SetInsertPoint(listed);
  Value* header = b.CreateInBoundsGEP(module.i8, body, b.getInt64(TN_COUNT_OFFSET));
  b.CreateAlignedStore(b.getInt64(TN_FREE_HEADER), header, llvm::Align(8));
  Value* other = b.CreateAlignedLoad(module.ptr, blocks.list, llvm::Align(8));
  b.CreateAlignedStore(other, body, llvm::Align(8));
  b.CreateAlignedStore(body, blocks.list, llvm::Align(8));
  b.CreateBr(next);
  b.SetInsertPoint(next);
  if (!module.program.types[type].cyclic) return;
  llvm::Constant* deaths = module.runtime_variable("tn_cyclic_deaths", module.i64);
  Value* more = b.CreateAdd(b.CreateAlignedLoad(module.i64, deaths, llvm::Align(8)), b.getInt64(1));
  b.CreateAlignedStore(more, deaths, llvm::Align(8));
}

// Names of types need not differ, and parts are linked together.
std::string Deaths::name(const char* what, TypeId id) const {
  std::string number = module_.part.is_whole() ? "" : std::to_string(module_.part.index) + ".";
  return what + number + std::to_string(id.v) + "." + module_.program.types.text(id);
}

llvm::Function* Deaths::inner(TypeId id) {
  Row& row = rows_[id.index()];
  if (row.known) return row.inner;
  row.known = true;
  if (!has_function(module_, id)) return nullptr;
  row.inner = declare(module_, name("death.", id), {module_.ptr, module_.i32});
  unfinished_.push_back(id);
  return row.inner;
}

llvm::Function* Deaths::of(TypeId id) {
  llvm::Function* death = inner(id);
  llvm::Function*& entrance = rows_[id.index()].entrance;
  if (death == nullptr || entrance != nullptr) return entrance;
  entrance = declare(module_, name("end.", id), {module_.ptr});
  fill_entrance(module_, entrance, death);
  return entrance;
}

void Deaths::finish() {
  while (!unfinished_.empty()) {
    TypeId id = unfinished_.back();
    unfinished_.pop_back();
    DeathLowering(module_, id, rows_[id.index()].inner).run();
  }
}

}  // namespace tenure::native
