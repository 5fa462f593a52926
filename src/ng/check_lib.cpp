// The library: names of the prelude that no NG declaration can say, native functions, `clone`.
#include <algorithm>

#include "base/check.h"
#include "ng/checker.h"

namespace tenure::ng {

using ast::NodeKind;
using oir::RtFn;
using tree::NodeId;
using T = tree::NodeKind;

namespace {

// `fun … = native;` of the standard modules, by name.
constexpr std::pair<std::string_view, RtFn> kNatives[] = {
    {"nativeOpen", RtFn::FileOpen},
    {"nativeClose", RtFn::FileClose},
    {"readLine", RtFn::ReadLine},
    {"inputEnded", RtFn::InputEnded},
    {"readFile", RtFn::ReadFile},
    {"writeFile", RtFn::WriteFile},
    {"fileExists", RtFn::FileExists},
    {"gcFree", RtFn::Collect},
    {"exit", RtFn::Exit},
    {"nativeOutstandingAllocations", RtFn::NativeCount},
    {"nativeMalloc", RtFn::NativeAlloc},
    {"nativeFree", RtFn::NativeFree},
    {"heapStat", RtFn::HeapStat},
    {"charAt", RtFn::StrByte},
    {"substring", RtFn::StrSub},
    {"findFrom", RtFn::StrFind},
    {"appendByte", RtFn::AppendByte},
    {"appendShortest", RtFn::AppendValue},
    {"toString", RtFn::ShowValue},
    {"fixedText", RtFn::FloatText},
    {"floatOf", RtFn::ParseFloat},
    {"hash", RtFn::HashValue},
    {"pop", RtFn::ArrayPop},
    {"reserve", RtFn::ArrayReserve},
    {"arrange", RtFn::ArrayArrange},
    {"shift", RtFn::ArrayShift},
    {"moveSlots", RtFn::SlotMove},
    {"appendFile", RtFn::AppendFile},
    {"removeFile", RtFn::RemoveFile},
    {"renameFile", RtFn::RenameFile},
    {"argCount", RtFn::ArgCount},
    {"argAt", RtFn::ArgGet},
    {"hasEnv", RtFn::EnvIsSet},
    {"env", RtFn::EnvGet},
    {"printError", RtFn::PrintError},
    {"now", RtFn::TimeMs},
    {"clock", RtFn::ClockNanos},
    {"sleep", RtFn::Sleep},
};

}  // namespace

NodeId Checker::call_native(FunDecl& decl, Instance& instance, std::span<const NodeId> parts,
                            Span span) {
  std::string_view name = text(decl.name);
  if (!instance.result.valid()) return bad(span);
  std::vector<NodeId> args(parts.size());
  for (NodeId id : parts) args[tree_[id].index] = tree_[id].a;
  auto arg_value = [&](size_t i) { return to_value(args[i]); };
  if (name == "swap") {
    tree::Node made = make(T::Swap, types_.unit(), span);
    made.a = arg_value(0);
    made.b = arg_value(1);
    return add(made);
  }
  if (name == "replace") {
    tree::Node made = make(T::Replace, instance.result, span);
    made.a = arg_value(0);
    made.b = arg_value(1);
    return add(made);
  }
  if (name == "swapAt") {
    // A place each, also where the elements are references.
    auto element = [&](size_t index) {
      tree::Node array = make(T::Deref, row(instance.params[0].type).elem, span);
      array.a = add(tree::Node(tree_[args[0]]));
      tree::Node place = make(T::Index, row(array.type).elem, span);
      place.a = add(array);
      place.b = arg_value(index);
      tree::Node made = make(T::RefOf, types_.ref(place.type), span);
      made.a = add(place);
      return add(made);
    };
    tree::Node made = make(T::Swap, types_.unit(), span);
    made.a = element(1);
    made.b = element(2);
    return add(made);
  }
  if (name == "slots") {
    // The array where it lies: a pointer needs no reference that keeps it alive.
    tree::Node made = make(T::Runtime, instance.result, span);
    made.rt = RtFn::ArraySlots;
    made.targ = row(instance.params[0].type).elem;
    const tree::Node reference = tree_[args[0]];
    NodeId array = reference.a;
    if (reference.kind != T::RefOf) {
      tree::Node behind = make(T::Deref, made.targ, span);
      behind.a = reference.kind == T::Copy ? reference.a : args[0];
      array = add(behind);
    }
    made.list = add_list({array});
    return add(made);
  }
  if (name == "slot") {
    tree::Node made = make(T::SlotAt, instance.result, span);
    made.a = arg_value(0);
    made.b = arg_value(1);
    return add(made);
  }
  if (name == "peek") {
    tree::Node made = make(T::Deref, instance.result, span);
    made.a = arg_value(0);
    return add(made);
  }
  if (name == "box") {
    tree::Node made = make(T::BoxNew, instance.result, span);
    made.a = arg_value(0);
    return add(made);
  }
  if (name == "weak") {
    tree::Node made = make(T::Runtime, instance.result, span);
    made.rt = RtFn::WeakNew;
    made.targ = row(instance.result).elem;
    made.list = add_list({arg_value(0)});
    return add(made);
  }
  if (name == "require") {
    tree::Node made = make(T::Assert, types_.unit(), span);
    made.a = arg_value(0);
    made.b = args[1];
    made.flags |= tree::kImplicit;
    return add(made);
  }
  if (auto made = number_native(name, instance.result, args, span)) return *made;
  for (auto& [word, fn] : kNatives) {
    if (word != name) continue;
    std::string_view letters = oir::rt_info(fn).params;
    tree::Node made = make(T::Runtime, instance.result, span);
    made.rt = fn;
    if (fn == RtFn::NativeAlloc) made.targ = instance.result;
    if (fn == RtFn::NativeFree) made.targ = instance.params[0].type;
    if (fn == RtFn::ShowValue || fn == RtFn::HashValue) made.targ = type_of(args[0]);
    if (fn == RtFn::AppendValue) made.targ = type_of(args[1]);
    if (fn == RtFn::ArrayPop || fn == RtFn::ArrayReserve || fn == RtFn::ArrayArrange ||
        fn == RtFn::ArrayShift || fn == RtFn::SlotMove)
      made.targ = row(instance.params[0].type).elem;
    for (size_t i = 0; i < args.size(); ++i) {
      if (letters[i] != 'a') args[i] = arg_value(i);
      bool index = (fn == RtFn::StrByte || fn == RtFn::StrSub) && i > 0;
      if (index && !is_of('i', args[i], name)) return bad(span);
    }
    made.list = add_list(args);
    return add(made);
  }
  TN_UNREACHABLE("a native function of the standard modules that the compiler does not know");
}

NodeId Checker::call_builtin(uint32_t builtin, ast::NodeId call, TypeId) {
  const ast::Node& node = at(call);
  auto args = items(node.list);
  Span span = node.span;
  for (ast::NodeId arg : args) {
    if (at(arg).kind == NodeKind::Spread) {
      refuse_spreads({arg});
      return bad(span);
    }
    if (at(arg).kind == NodeKind::NamedArg) {
      error(DiagKind::WrongArguments, at(arg).span,
            "the parameters of this function have no names");
      return bad(span);
    }
  }
  auto wrong = [&](size_t least, size_t most, std::string_view name) {
    if (args.size() >= least && args.size() <= most) return false;
    std::string count = least == most ? std::to_string(most)
                                      : std::to_string(least) + " to " + std::to_string(most);
    error(DiagKind::WrongArguments, span,
          "`" + std::string(name) + "` takes " + count + (most == 1 ? " argument" : " arguments") +
              ", found " + std::to_string(args.size()));
    check_args_only(node.list);
    return true;
  };
  switch (builtin) {
    case kPrint: {
      std::vector<NodeId> values;
      bool ok = true;
      for (ast::NodeId arg : args) {
        values.push_back(expr(arg, TypeId{}));
        ok &= !is_bad(values.back());
      }
      if (!ok) return bad(span);
      tree::Node made = make(T::Print, types_.unit(), span);
      made.list = add_list(values);
      return add(made);
    }
    case kAssert: {
      if (wrong(1, 2, "assert")) return bad(span);
      tree::Node made = make(T::Assert, types_.unit(), span);
      made.a = value(args[0], types_.boolean());
      if (args.size() == 2) made.b = operand(args[1], types_.string());
      if (is_bad(made.a) || (made.b.valid() && is_bad(made.b))) return bad(span);
      return add(made);
    }
    case kNot: {
      if (wrong(1, 1, "not")) return bad(span);
      NodeId a = value(args[0], types_.boolean());
      if (is_bad(a)) return bad(span);
      tree::Node made = make(T::Not, types_.boolean(), span);
      made.a = a;
      return add(made);
    }
    default: {
      if (wrong(1, 1, "len")) return bad(span);
      NodeId a = expr(args[0], TypeId{});
      return is_bad(a) ? bad(span) : len_of(a, at(args[0]).span, span);
    }
  }
}

NodeId Checker::len_of(NodeId a, Span arg, Span span) {
  TypeId type = type_of(a);
  TypeKind k = kind(type);
  if (k == TypeKind::FixedArray) {
    NodeId count = int_const(u32(), row(type).count, span);
    if (is_place(a)) return count;
    return block_node({eval(a, span)}, count, span);
  }
  if (types_.is_span(type)) return span_length(a, span);
  if (k != TypeKind::String && k != TypeKind::Array) {
    Diagnostic& diagnostic =
        error(DiagKind::TypeMismatch, arg, "expected a string or an array, found " + quoted(type));
    if ((k == TypeKind::Ref || k == TypeKind::Box) && is_place(a))
      diagnostic.suggest("*" + place_text(a));
    return bad(span);
  }
  tree::Node made = make(T::Runtime, u32(), span);
  made.rt = k == TypeKind::String ? RtFn::StrLen : RtFn::ArrayLen;
  if (k == TypeKind::Array) made.targ = type;
  made.list = add_list({a});
  return add(made);
}

NodeId Checker::clone_call(NodeId base, ast::NodeId call, const ast::Node& member) {
  Span span = at(call).span;
  bool as_function = at(at(call).a).kind == NodeKind::Path || member.kind == NodeKind::Path;
  if (!as_function && at(call).list.count != 0) {
    error(DiagKind::WrongArguments, span,
          "`clone` takes 0 arguments, found " + std::to_string(at(call).list.count));
    check_args_only(at(call).list);
    return bad(span);
  }
  TypeId type = type_of(base);
  if (!is_clonable(type)) {
    std::string what = is_place(base) ? place_text(base) : "…";
    Diagnostic& diagnostic = error(DiagKind::CannotClone, span, "cannot clone `" + what + "`");
    diagnostic.note(row(type).span, quoted(type) + " does not implement `Clone`");
    if (inst(type) != nullptr)
      diagnostic.suggest("type " + std::string(text(inst(type)->decl->name)) + ": derive(Clone) …");
    return bad(span);
  }
  return clone_of(base, span);
}

}  // namespace tenure::ng
