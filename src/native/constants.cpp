// The constant data of a program: type descriptors, source positions, strings, globals, and the
// TnProgram that the runtime starts from. The structures are those of tenure_rt.h, member by
// member.
#include "base/check.h"
#include "native/debug_info.h"
#include "native/module.h"

namespace tenure::native {

using layout::PartDescription;
using layout::TypeDescription;
using llvm::Constant;
using llvm::ConstantInt;
using llvm::ConstantPointerNull;
using llvm::ConstantStruct;
using llvm::GlobalValue;
using llvm::GlobalVariable;

namespace {

llvm::StructType* struct_of(llvm::LLVMContext& context, llvm::ArrayRef<Constant*> members) {
  std::vector<llvm::Type*> types;
  for (Constant* member : members) types.push_back(member->getType());
  return llvm::StructType::get(context, types);
}

Constant* value_of(llvm::LLVMContext& context, llvm::ArrayRef<Constant*> members) {
  return ConstantStruct::get(struct_of(context, members), members);
}

Constant* null_of(llvm::Type* ptr) {
  return ConstantPointerNull::get(llvm::cast<llvm::PointerType>(ptr));
}

}  // namespace

Constant* ModuleLowering::pointer_to(Constant* initializer, const char* name) {
  auto* global = new GlobalVariable(*module_, initializer->getType(), true,
                                    GlobalValue::PrivateLinkage, initializer, name);
  global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  return global;
}

GlobalVariable* ModuleLowering::shared(Constant* initializer, bool is_constant,
                                       const std::string& name) {
  auto* global = new GlobalVariable(*module_, initializer->getType(), is_constant, shared_linkage(),
                                    part.is_first() ? initializer : nullptr, name);
  if (!part.is_whole()) global->setVisibility(GlobalValue::HiddenVisibility);
  return global;
}

Constant* ModuleLowering::c_string(std::string_view text) {
  Constant*& slot = c_strings_[std::string(text)];
  if (slot == nullptr) {
    slot = pointer_to(llvm::ConstantDataArray::getString(
                          context, llvm::StringRef(text.data(), text.size()), true),
                      "text");
  }
  return slot;
}

Constant* ModuleLowering::string_value(uint32_t string) {
  Constant*& slot = string_values_[string];
  if (slot != nullptr) return slot;
  const std::string& text = program.strings[string];
  // The empty one is all zeros, as memory that nobody has written is.
  Constant* bytes = text.empty()
                        ? llvm::ConstantPointerNull::get(llvm::PointerType::get(context, 0))
                        : c_string(text);
  slot = pointer_to(
      value_of(context, {bytes, ConstantInt::get(i64, text.size()), ConstantInt::get(i64, 0)}),
      "string");
  return slot;
}

// All in one place, so that whoever has an address can tell whether it is a literal's. LLVM is not
// told that a pointer leads there: it would leave out a write, which has to be reported.
void ModuleLowering::gather_literals() {
  literal_offsets_.assign(program.strings.size(), ~uint64_t{0});
  std::string bytes;
  for (const oir::Function& function : program.functions) {
    for (const oir::Operand& operand : function.operands) {
      const oir::Const& constant = operand.constant;
      bool points = operand.kind == oir::OperandKind::Const &&
                    constant.kind == oir::ConstKind::String &&
                    program.types[constant.type].kind == oir::TypeKind::Pointer;
      if (!points || literal_offsets_[constant.bits] != ~uint64_t{0}) continue;
      literal_offsets_[constant.bits] = bytes.size();
      bytes += program.strings[constant.bits];
      bytes += '\0';
    }
  }
  if (bytes.empty()) return;
  literals_size_ = bytes.size();
  Constant* value = llvm::ConstantDataArray::getString(context, bytes, false);
  literals_ = shared(value, true, "program literals");
  literals_place_ = shared(literals_, false, "program literals_place");
  literals_place_->setExternallyInitialized(true);
}

Constant* ModuleLowering::site_value(Span span) {
  if (!span.valid()) {
    return value_of(context, {null_of(ptr), ConstantInt::get(i32, 0), ConstantInt::get(i32, 0)});
  }
  LineColumn at = sources.locate(span);
  return value_of(context, {c_string(sources.file(span.file).path()),
                            ConstantInt::get(i32, at.line), ConstantInt::get(i32, at.column)});
}

Constant* ModuleLowering::site(Span span) {
  if (!span.valid()) return null_of(ptr);
  Constant*& slot = sites_[{span.file.v, span.begin, 0}];
  if (slot == nullptr) slot = pointer_to(site_value(span), "site");
  return slot;
}

Constant* ModuleLowering::move_sites() {
  if (move_sites_ != nullptr) return move_sites_;
  // Of several parts the first one has it, for all.
  std::vector<Constant*> rows;
  rows.reserve(program.move_sites.size());
  for (Span span : program.move_sites) rows.push_back(site_value(span));
  if (rows.empty()) rows.push_back(site_value({}));
  auto* type = llvm::ArrayType::get(rows[0]->getType(), rows.size());
  Constant* value = llvm::ConstantArray::get(type, rows);
  move_sites_ =
      part.is_whole() ? pointer_to(value, "move_sites") : shared(value, true, "program move_sites");
  return move_sites_;
}

Constant* ModuleLowering::descriptor(oir::TypeId id) const {
  TN_CHECK(layouts.is_described(id), "a type without a descriptor is used natively");
  return descriptors_[layouts.described_index(id)];
}

// Descriptors refer to each other, so all are declared first. TnType::steps is the runtime's to
// write, so they are not constants.
void ModuleLowering::declare_descriptors() {
  auto* type = llvm::StructType::get(
      context, {i32, i32, i32, i32, i32, i32, i32, i32, ptr, ptr, ptr, i64, ptr, ptr, ptr, ptr});
  TN_CHECK(module_->getDataLayout().getTypeAllocSize(type) == sizeof(TnType),
           "TnType and its native form differ");
  for (const TypeDescription& row : descriptions_) {
    // Names of types need not differ.
    std::string number = part.is_whole() ? "" : std::to_string(row.id) + ".";
    descriptors_.push_back(new GlobalVariable(*module_, type, false, shared_linkage(), nullptr,
                                              "type." + number + row.name));
    if (!part.is_whole()) descriptors_.back()->setVisibility(GlobalValue::HiddenVisibility);
  }
}

Constant* ModuleLowering::parts(const std::vector<PartDescription>& parts) {
  if (parts.empty()) return null_of(ptr);
  std::vector<Constant*> rows;
  rows.reserve(parts.size());
  for (const PartDescription& part : parts) {
    rows.push_back(value_of(
        context, {c_string(part.name), ConstantInt::get(i32, part.offset), descriptor(part.type)}));
  }
  auto* type = llvm::ArrayType::get(rows[0]->getType(), rows.size());
  return pointer_to(llvm::ConstantArray::get(type, rows), "parts");
}

void ModuleLowering::fill_descriptors() {
  if (!part.is_first()) return;
  auto number = [&](uint32_t value) { return ConstantInt::get(i32, value); };
  for (const TypeDescription& row : descriptions_) {
    Constant* variants = null_of(ptr);
    if (!row.variants.empty()) {
      std::vector<Constant*> rows;
      rows.reserve(row.variants.size());
      for (const layout::VariantDescription& variant : row.variants) {
        rows.push_back(value_of(
            context, {c_string(variant.name), number(variant.parts.size()), parts(variant.parts)}));
      }
      auto* type = llvm::ArrayType::get(rows[0]->getType(), rows.size());
      variants = pointer_to(llvm::ConstantArray::get(type, rows), "variants");
    }
    Constant* drop = row.drop.valid() ? static_cast<Constant*>(function(row.drop)) : null_of(ptr);
    Constant* release = null_of(ptr);
    if (!row.release.empty()) {
      auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), {ptr}, false);
      release = llvm::cast<Constant>(module_->getOrInsertFunction(row.release, type).getCallee());
    }
    uint32_t part_count = row.variants.empty() ? row.parts.size() : row.variants.size();
    GlobalVariable* global = descriptors_[row.id];
    global->setInitializer(value_of(
        context,
        {number(row.id), number(row.kind), number(row.flags), number(row.size), number(row.align),
         number(row.state_offset), number(row.tag_offset), number(part_count), parts(row.parts),
         variants, row.elem.valid() ? descriptor(row.elem) : null_of(ptr),
         ConstantInt::get(i64, row.count), c_string(row.name), drop, release, null_of(ptr)}));
  }
}

void ModuleLowering::make_globals() {
  for (size_t index = 0; index < program.globals.size(); ++index) {
    const oir::Global& global = program.globals[index];
    // Names of globals need not differ.
    std::string name = part.is_whole() ? global.name : std::to_string(index) + "." + global.name;
    llvm::Type* type = memory_type(global.type);
    GlobalVariable* place = shared(Constant::getNullValue(type), false, "global." + name);
    place->setAlignment(align_of(global.type));
    GlobalVariable* state = shared(ConstantInt::get(i8, TN_G_UNINIT), false, "state." + name);
    Constant* value =
        value_of(context, {c_string(global.name), place, state, descriptor(global.type),
                           site(global.span), ConstantInt::get(i8, global.boxed)});
    GlobalVariable* record = shared(value, true, "record." + name);
    if (part.is_first()) debug().declare_global(global, place);
    globals_.push_back({place, state, record});
  }
}

void ModuleLowering::make_program() {
  std::vector<Constant*> types(descriptors_.begin(), descriptors_.end());
  auto* table = llvm::ArrayType::get(ptr, types.size());
  Constant* start =
      program.start.valid() ? static_cast<Constant*>(function(program.start)) : null_of(ptr);
  Constant* value = value_of(
      context,
      {pointer_to(llvm::ConstantArray::get(table, types), "types"),
       ConstantInt::get(i32, types.size()), start, literals_ != nullptr ? literals_ : null_of(ptr),
       ConstantInt::get(i64, literals_size_), ConstantInt::get(i32, options.check_memory)});
  new GlobalVariable(*module_, value->getType(), true, GlobalValue::ExternalLinkage, value,
                     "tenure_program");
}

// int main(int argc, char** argv) { return tn_main(&tenure_program, argc, argv); }
void ModuleLowering::make_main() {
  auto* type = llvm::FunctionType::get(i32, {i32, ptr}, false);
  auto* main = llvm::Function::Create(type, GlobalValue::ExternalLinkage, "main", *module_);
  main->setUWTableKind(llvm::UWTableKind::Default);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "entry", main));
  llvm::Value* code = builder.CreateCall(
      runtime(Rt::tn_main),
      {module_->getNamedGlobal("tenure_program"), main->getArg(0), main->getArg(1)});
  builder.CreateRet(code);
}

}  // namespace tenure::native
