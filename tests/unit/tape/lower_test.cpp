// Lowering, from trees made by hand: what the order of evaluation and the rules of lives ask for
// and no program's output shows.
#include "trees.h"

namespace tenure::tape::test {

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// fn take(text: string); fn change(): writes a global.
struct World : Trees {
  oir::GlobalId shared = add_global("shared", text_type());
  oir::FuncId take = function("take", types().unit(), {{"text", text_type(), {}, false, false}});
  oir::FuncId change = function("change", i64(), {});
  oir::FuncId pair =
      function("pair", types().unit(),
               {{"text", text_type(), {}, false, false}, {"n", i64(), {}, false, false}});
  oir::FuncId f = function("f", types().unit(), {});
  tree::LocalId s = add_local(f, "s", text_type());

  World() {
    body(take, {});
    body(change, {statement(NodeKind::Assign, global(shared), text("new")),
                  statement(NodeKind::Return, number(1))});
    body(pair, {});
  }
  NodeId the_s() { return local(s, text_type()); }
  NodeId eval(NodeId value) { return statement(NodeKind::Eval, value); }
};

TEST(Lower, LentLocalThatNobodyWritesIsNotHeld) {
  World w;
  w.body(w.f, {w.let(w.s, w.text("a")), w.eval(w.call(w.take, {w.the_s()}))});
  w.finish();
  std::string text = w.text_of("f");
  EXPECT_TRUE(has(text, "call @take(addr s)")) << text;
}

TEST(Lower, LentPlaceThatIsWrittenIsHeld) {
  World w;
  w.body(
      w.f,
      {w.let(w.s, w.text("a")), w.eval(w.call(w.pair, {w.global(w.shared), w.call(w.change, {})})),
       w.statement(NodeKind::Assign, w.the_s(), w.text("b")), w.eval(w.call(w.take, {w.the_s()}))});
  w.finish();
  std::string text = w.text_of("f");
  EXPECT_TRUE(has(text, "init copy $shared")) << text;
  EXPECT_FALSE(has(text, "addr $shared")) << text;
  // Of a local nobody has the address, and the assignment is over.
  EXPECT_TRUE(has(text, "call @take(addr s)")) << text;
}

TEST(Lower, ReturnMovesUnlessSomethingDeferredReads) {
  World w;
  oir::FuncId moves = w.function("moves", w.text_type(), {});
  tree::LocalId x = w.add_local(moves, "x", w.text_type());
  auto the_x = [&] { return w.local(x, w.text_type()); };
  w.body(w.f, {});
  w.body(moves, {w.let(x, w.text("a")),
                 w.statement(NodeKind::Return, w.with(NodeKind::MoveOut, the_x()))});
  oir::FuncId copies = w.function("copies", w.text_type(), {});
  tree::LocalId y = w.add_local(copies, "x", w.text_type());
  auto the_y = [&] { return w.local(y, w.text_type()); };
  w.body(copies, {w.let(y, w.text("a")), w.defer({w.eval(w.call(w.take, {the_y()}))}),
                  w.statement(NodeKind::Return, w.with(NodeKind::MoveOut, the_y()))});
  w.finish();
  std::string text = w.text_of("moves");
  EXPECT_TRUE(has(text, "move x")) << text;
  text = w.text_of("copies");
  EXPECT_TRUE(has(text, "result = init copy x")) << text;
  EXPECT_FALSE(has(text, "move x")) << text;
}

TEST(Lower, AppendsInPlaceWhereNobodyCanTell) {
  World w;
  w.body(w.f, {w.let(w.s, w.text("a")), w.append(w.the_s(), {w.text("b")}),
               w.append(w.global(w.shared), {w.text("c"), w.copy(w.global(w.shared))})});
  w.finish();
  std::string text = w.text_of("f");
  EXPECT_TRUE(has(text, "str_append addr s")) << text;
  EXPECT_FALSE(has(text, "assign")) << text;
}

}  // namespace

}  // namespace tenure::tape::test
