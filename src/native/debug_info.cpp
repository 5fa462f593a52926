#include "native/debug_info.h"

#include <filesystem>

namespace tenure::native {

using llvm::DIType;
using oir::Field;
using oir::Type;
using oir::TypeId;
using oir::TypeKind;

DebugInfo::DebugInfo(ModuleLowering& module)
    : module_(module), builder_(module.module()), files_(module.sources.size(), nullptr) {
  llvm::Module& target = module.module();
  target.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  target.addModuleFlag(llvm::Module::Warning, "Dwarf Version", 4);
  const oir::Program& program = module.program;
  llvm::DIFile* main_file = nullptr;
  if (program.start.valid() && program[program.start].span.valid()) {
    main_file = file(program[program.start].span.file);
  } else {
    main_file = builder_.createFile("<program>", ".");
  }
  unit_ = builder_.createCompileUnit(llvm::dwarf::DW_LANG_C99, main_file, "tenure",
                                     module.options.opt_level > 0, "", 0);
  if (shows_variables()) make_types();
}

llvm::DIFile* DebugInfo::file(FileId id) {
  llvm::DIFile*& slot = files_[id.index()];
  if (slot == nullptr) {
    std::error_code ignored;
    std::string folder = std::filesystem::current_path(ignored).string();
    slot = builder_.createFile(module_.sources.file(id).path(), folder);
  }
  return slot;
}

llvm::DISubprogram* DebugInfo::begin_function(oir::FuncId id, llvm::Function* function) {
  const oir::Function& source = module_.program[id];
  llvm::DIFile* where = source.span.valid() ? file(source.span.file) : unit_->getFile();
  unsigned line = source.span.valid() ? module_.sources.locate(source.span).line : 0;
  // One without a name is in no call trace.
  const std::string& name = source.shown_name;
  llvm::DISubroutineType* type =
      builder_.createSubroutineType(builder_.getOrCreateTypeArray({nullptr}));
  // No linkage name: debuggers then know the function by the name in the source.
  llvm::DISubprogram* scope = builder_.createFunction(
      where, name, "", where, line, type, line, llvm::DINode::FlagPrototyped,
      llvm::DISubprogram::toSPFlags(true, true, module_.options.opt_level > 0));
  function->setSubprogram(scope);
  return scope;
}

llvm::DILocation* DebugInfo::location(llvm::DISubprogram* scope, Span span) {
  if (!span.valid()) {
    return llvm::DILocation::get(module_.context, scope->getLine(), 0, scope);
  }
  LineColumn at = module_.sources.locate(span);
  llvm::DIScope* where = scope;
  // An instance of a generic function can hold instructions of another file (a default argument).
  if (file(span.file) != scope->getFile()) {
    where = builder_.createLexicalBlockFile(scope, file(span.file), 0);
  }
  // DWARF's columns are 16 bits wide.
  unsigned column = at.column > 0xFFFF ? 0 : at.column;
  return llvm::DILocation::get(module_.context, at.line, column, where);
}

void DebugInfo::declare_local(llvm::DISubprogram* scope, const oir::Local& local,
                              uint32_t parameter, llvm::Value* storage, llvm::BasicBlock* block) {
  if (!shows_variables()) return;
  llvm::DIType* shown = shown_type(local.type, local.boxed);
  if (local.name.empty() || shown == nullptr) return;
  LineColumn at =
      local.span.valid() ? module_.sources.locate(local.span) : LineColumn{scope->getLine(), 0};
  llvm::DIFile* where = local.span.valid() ? file(local.span.file) : scope->getFile();
  llvm::DILocalVariable* variable =
      parameter != 0 ? builder_.createParameterVariable(scope, local.name, parameter, where,
                                                        at.line, shown, true)
                     : builder_.createAutoVariable(scope, local.name, where, at.line, shown, true);
  builder_.insertDeclare(storage, variable, whereabouts(local.boxed), location(scope, local.span),
                         block);
}

void DebugInfo::declare_global(const oir::Global& global, llvm::GlobalVariable* storage) {
  if (!shows_variables()) return;
  llvm::DIType* shown = shown_type(global.type, global.boxed);
  if (global.name.empty() || shown == nullptr || !global.span.valid()) return;
  unsigned line = module_.sources.locate(global.span).line;
  storage->addDebugInfo(
      builder_.createGlobalVariableExpression(unit_, global.name, "", file(global.span.file), line,
                                              shown, true, true, whereabouts(global.boxed)));
}

// What lives in a heap box shows as what the source says it is.
llvm::DIType* DebugInfo::shown_type(TypeId id, bool boxed) {
  return type(boxed ? module_.program.types[id].elem : id);
}

llvm::DIExpression* DebugInfo::whereabouts(bool boxed) {
  return boxed ? builder_.createExpression({llvm::dwarf::DW_OP_deref})
               : builder_.createExpression();
}

// ---- types: rows of the table in order. A structural type stands after what it is made of;
// nominal types are made empty first and filled at the end, so references may go in circles.

void DebugInfo::make_types() {
  const oir::TypeTable& types = module_.program.types;
  types_.assign(types.size(), nullptr);
  for (size_t index = 0; index < types.size(); ++index) {
    const Type& row = types[TypeId{index}];
    uint64_t bits = uint64_t{module_.layouts[TypeId{index}].size} * 8;
    uint32_t align = module_.layouts[TypeId{index}].align * 8;
    if (row.kind == TypeKind::Struct || row.kind == TypeKind::Union) {
      types_[index] = builder_.createStructType(unit_, row.name, unit_->getFile(), 0, bits, align,
                                                llvm::DINode::FlagZero, nullptr, {}, 0, nullptr,
                                                "program." + std::to_string(index));
    } else if (DIType* scalar = make_scalar(row)) {
      types_[index] = scalar;
    } else {
      types_[index] = make_structural(TypeId{index});
    }
  }
  for (size_t index = 0; index < types.size(); ++index) complete_nominal(TypeId{index});
}

DIType* DebugInfo::make_scalar(const Type& row) {
  using namespace llvm::dwarf;
  auto basic = [&](const char* name, unsigned bits, unsigned encoding) {
    return builder_.createBasicType(name, bits, encoding);
  };
  switch (row.kind) {
    case TypeKind::Bool:
      return basic("bool", 8, DW_ATE_boolean);
    case TypeKind::I8:
      return basic("i8", 8, DW_ATE_signed);
    case TypeKind::I16:
      return basic("i16", 16, DW_ATE_signed);
    case TypeKind::I32:
      return basic("i32", 32, DW_ATE_signed);
    case TypeKind::I64:
      return basic("i64", 64, DW_ATE_signed);
    case TypeKind::U8:
      return basic("u8", 8, DW_ATE_unsigned);
    case TypeKind::U16:
      return basic("u16", 16, DW_ATE_unsigned);
    case TypeKind::U32:
      return basic("u32", 32, DW_ATE_unsigned);
    case TypeKind::U64:
      return basic("u64", 64, DW_ATE_unsigned);
    case TypeKind::F32:
      return basic("f32", 32, DW_ATE_float);
    case TypeKind::F64:
      return basic("f64", 64, DW_ATE_float);
    case TypeKind::String:
    case TypeKind::Text:
      return make_string();
    default:
      return nullptr;
  }
}

DIType* DebugInfo::make_string() {
  DIType* character = builder_.createBasicType("char", 8, llvm::dwarf::DW_ATE_signed_char);
  DIType* number = builder_.createBasicType("u64", 64, llvm::dwarf::DW_ATE_unsigned);
  llvm::DIFile* where = unit_->getFile();
  auto member = [&](const char* name, uint64_t offset, DIType* type) {
    return builder_.createMemberType(unit_, name, where, 0, 64, 64, offset, llvm::DINode::FlagZero,
                                     type);
  };
  llvm::DINodeArray all =
      builder_.getOrCreateArray({member("data", 0, builder_.createPointerType(character, 64)),
                                 member("length", 64, number), member("capacity", 128, number)});
  return builder_.createStructType(unit_, "string", where, 0, 192, 64, llvm::DINode::FlagZero,
                                   nullptr, all);
}

// Print s.data[0]@s.length.
DIType* DebugInfo::make_slice(TypeId elem, const std::string& name) {
  llvm::DIFile* where = unit_->getFile();
  DIType* number = builder_.createBasicType("u64", 64, llvm::dwarf::DW_ATE_unsigned);
  auto member = [&](const char* title, uint64_t offset, DIType* type) {
    return builder_.createMemberType(unit_, title, where, 0, 64, 64, offset, llvm::DINode::FlagZero,
                                     type);
  };
  llvm::DINodeArray all =
      builder_.getOrCreateArray({member("data", 0, builder_.createPointerType(type(elem), 64)),
                                 member("length", 64, number)});
  return builder_.createStructType(unit_, name, where, 0, 128, 64, llvm::DINode::FlagZero, nullptr,
                                   all);
}

// A growable array is a pointer to its buffer: print a->elements[0]@a->length.
DIType* DebugInfo::make_buffer(TypeId elem, const std::string& name) {
  llvm::DIFile* where = unit_->getFile();
  DIType* number = builder_.createBasicType("u64", 64, llvm::dwarf::DW_ATE_unsigned);
  auto member = [&](const char* title, uint64_t bits, uint64_t offset, DIType* type) {
    return builder_.createMemberType(unit_, title, where, 0, bits, 64, offset,
                                     llvm::DINode::FlagZero, type);
  };
  std::vector<llvm::Metadata*> all = {member("length", 64, 0, number),
                                      member("capacity", 64, 64, number)};
  if (DIType* part = type(elem)) {
    llvm::Metadata* open = builder_.getOrCreateSubrange(0, -1);
    DIType* row = builder_.createArrayType(0, 64, part, builder_.getOrCreateArray({open}));
    all.push_back(member("elements", 0, TN_BUFFER_ELEMS * 8, row));
  }
  return builder_.createStructType(unit_, name, where, 0, TN_BUFFER_ELEMS * 8, 64,
                                   llvm::DINode::FlagZero, nullptr, builder_.getOrCreateArray(all));
}

llvm::DINodeArray DebugInfo::members(const std::vector<Field>& fields,
                                     const std::vector<layout::PartLayout>& parts) {
  std::vector<llvm::Metadata*> all;
  for (size_t index = 0; index < fields.size(); ++index) {
    DIType* part = type(fields[index].type);
    if (part == nullptr) continue;
    std::string name =
        fields[index].name.empty() ? "_" + std::to_string(index) : fields[index].name;
    const layout::TypeLayout& layout = module_.layouts[fields[index].type];
    all.push_back(builder_.createMemberType(unit_, name, unit_->getFile(), 0, layout.size * 8ull,
                                            layout.align * 8, parts[index].offset * 8ull,
                                            llvm::DINode::FlagZero, part));
  }
  return builder_.getOrCreateArray(all);
}

DIType* DebugInfo::make_structural(TypeId id) {
  const Type& row = module_.program.types[id];
  uint64_t bits = uint64_t{module_.layouts[id].size} * 8;
  uint32_t align = module_.layouts[id].align * 8;
  std::string name = module_.program.types.text(id);
  switch (row.kind) {
    case TypeKind::Ref:
    case TypeKind::Box:
    case TypeKind::Borrow:
      return builder_.createPointerType(types_[row.elem.index()], 64);
    case TypeKind::Array:
    case TypeKind::View:
      return builder_.createPointerType(make_buffer(row.elem, name), 64);
    case TypeKind::Pointer:
      return builder_.createPointerType(types_[row.elem.index()], 64);
    case TypeKind::Slice:
      return make_slice(row.elem, name);
    case TypeKind::Function:
    case TypeKind::Weak:
    case TypeKind::Native:
      return builder_.createPointerType(nullptr, 64);
    case TypeKind::FixedArray: {
      DIType* elem = types_[row.elem.index()];
      if (elem == nullptr) return nullptr;
      // (How many a span leads to, the span says.)
      int64_t count = row.count == oir::kAnyCount ? -1 : static_cast<int64_t>(row.count);
      llvm::Metadata* range = builder_.getOrCreateSubrange(0, count);
      return builder_.createArrayType(bits, align, elem, builder_.getOrCreateArray({range}));
    }
    case TypeKind::Tuple:
      return builder_.createStructType(unit_, name, unit_->getFile(), 0, bits, align,
                                       llvm::DINode::FlagZero, nullptr,
                                       members(row.fields, module_.layouts[id].parts));
    default:
      return nullptr;  // unit
  }
}

// A union shows as its tag and one struct per payload, all at the place of the payload.
llvm::DINodeArray DebugInfo::union_members(TypeId id) {
  const Type& row = module_.program.types[id];
  const layout::TypeLayout& layout = module_.layouts[id];
  std::vector<llvm::Metadata*> all;
  DIType* tag = builder_.createBasicType("u32", 32, llvm::dwarf::DW_ATE_unsigned);
  all.push_back(builder_.createMemberType(unit_, "tag", unit_->getFile(), 0, 32, 32,
                                          layout.tag_offset * 8ull, llvm::DINode::FlagZero, tag));
  for (size_t index = 0; index < row.variants.size(); ++index) {
    const oir::Variant& variant = row.variants[index];
    if (variant.fields.empty()) continue;
    DIType* payload =
        builder_.createStructType(unit_, row.name + "." + variant.name, unit_->getFile(), 0,
                                  layout.size * 8ull, layout.align * 8, llvm::DINode::FlagZero,
                                  nullptr, members(variant.fields, layout.variants[index]));
    all.push_back(builder_.createMemberType(unit_, variant.name, unit_->getFile(), 0,
                                            layout.size * 8ull, layout.align * 8, 0,
                                            llvm::DINode::FlagZero, payload));
  }
  return builder_.getOrCreateArray(all);
}

void DebugInfo::complete_nominal(TypeId id) {
  const Type& row = module_.program.types[id];
  if (row.kind != TypeKind::Struct && row.kind != TypeKind::Union) return;
  auto* composite = llvm::cast<llvm::DICompositeType>(types_[id.index()]);
  if (row.kind == TypeKind::Struct) {
    builder_.replaceArrays(composite, members(row.fields, module_.layouts[id].parts));
  } else {
    builder_.replaceArrays(composite, union_members(id));
  }
  types_[id.index()] = composite;
}

}  // namespace tenure::native
