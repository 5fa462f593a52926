// Sizes, offsets, state bytes, and what descriptors say.
#include "layout/layout.h"

#include <gtest/gtest.h>

#include <optional>

#include "layout/describe.h"
#include "oir/text.h"

namespace tenure::layout {
namespace {

using oir::Field;
using oir::Program;
using oir::TypeId;
using oir::TypeKind;

class LayoutTest : public ::testing::Test {
 protected:
  oir::TypeTable& types() { return program_.types; }
  TypeId scalar(TypeKind kind) { return types().scalar(kind); }
  TypeId make_struct(std::string name, std::vector<TypeId> parts) {
    TypeId id = types().declare(TypeKind::Struct, std::move(name), {});
    std::vector<Field> fields;
    for (size_t i = 0; i < parts.size(); ++i) fields.push_back({"f" + std::to_string(i), parts[i]});
    types().complete_struct(id, fields);
    return id;
  }
  Program program_;
};

TEST_F(LayoutTest, Scalars) {
  Layouts layouts = Layouts::compute(program_);
  EXPECT_EQ(layouts[types().unit()].size, 0u);
  EXPECT_EQ(layouts[scalar(TypeKind::Bool)].size, 1u);
  EXPECT_EQ(layouts[scalar(TypeKind::I16)].align, 2u);
  EXPECT_EQ(layouts[scalar(TypeKind::F64)].size, 8u);
  EXPECT_EQ(layouts[types().string()].size, 24u);
  EXPECT_EQ(layouts[types().string()].align, 8u);
  EXPECT_EQ(layouts.described()[0], types().string());
}

TEST_F(LayoutTest, PackedAndAligned) {
  TypeId s = make_struct("S", {scalar(TypeKind::U8), scalar(TypeKind::I32)});
  types().mut(s).packed = true;
  TypeId two = make_struct("Two", {scalar(TypeKind::U8), s, scalar(TypeKind::U16)});
  types().mut(two).packed = true;
  types().mut(two).align = 4;
  TypeId wide = make_struct("Wide", {scalar(TypeKind::U8)});
  types().mut(wide).align = 64;
  TypeId lower = make_struct("Lower", {scalar(TypeKind::I64)});
  types().mut(lower).align = 2;
  TypeId holder = make_struct("Holder", {scalar(TypeKind::U8), wide, s});
  Layouts layouts = Layouts::compute(program_);
  EXPECT_EQ(layouts[s].parts[1].offset, 1u);
  EXPECT_EQ(layouts[s].size, 5u);
  EXPECT_EQ(layouts[s].align, 1u);
  EXPECT_EQ(layouts[two].parts[2].offset, 6u);
  EXPECT_EQ(layouts[two].size, 8u);
  EXPECT_EQ(layouts[two].align, 4u);
  EXPECT_EQ(layouts[wide].size, 64u);
  EXPECT_EQ(layouts[lower].align, 8u);
  EXPECT_EQ(layouts[holder].parts[1].offset, 64u);
  EXPECT_EQ(layouts[holder].parts[2].offset, 128u);
  EXPECT_EQ(layouts[holder].size, 192u);
}

TEST_F(LayoutTest, StructsKeepTheirOrder) {
  TypeId s = make_struct(
      "S", {scalar(TypeKind::U8), scalar(TypeKind::I32), scalar(TypeKind::U8), types().string()});
  Layouts layouts = Layouts::compute(program_);
  const TypeLayout& row = layouts[s];
  EXPECT_EQ(row.parts[0].offset, 0u);
  EXPECT_EQ(row.parts[1].offset, 4u);
  EXPECT_EQ(row.parts[2].offset, 8u);
  EXPECT_EQ(row.parts[3].offset, 16u);
  EXPECT_EQ(row.size, 40u);
  EXPECT_EQ(row.state_offset, kNoState);
}

TEST_F(LayoutTest, EmptyStructsHaveAnAddress) {
  TypeId empty = make_struct("Empty", {});
  TypeId tail = make_struct("Tail", {scalar(TypeKind::I64), types().unit()});
  Layouts layouts = Layouts::compute(program_);
  EXPECT_EQ(layouts[empty].size, 1u);
  EXPECT_LT(layouts[tail].parts[1].offset, layouts[tail].size);
}

TEST_F(LayoutTest, AggregatesThatVacateHaveAStateByte) {
  TypeId s = make_struct("S", {scalar(TypeKind::I32), types().string()});
  TypeId a = types().fixed_array(s, 3);
  types().mut(s).vacates = true;
  types().mut(a).vacates = true;
  types().mut(types().string()).vacates = true;
  Layouts layouts = Layouts::compute(program_);
  EXPECT_EQ(layouts[s].state_offset, 32u);
  EXPECT_EQ(layouts[s].size, 40u);
  EXPECT_EQ(layouts[a].state_offset, 120u);
  EXPECT_EQ(layouts[a].size, 128u);
  EXPECT_EQ(layouts[types().string()].state_offset, kNoState);
}

TEST_F(LayoutTest, PayloadsLieOverEachOther) {
  TypeId u = types().declare(TypeKind::Union, "U", {});
  types().complete_union(u, {{"A", {{"", scalar(TypeKind::U8)}, {"", scalar(TypeKind::U16)}}},
                             {"B", {{"", types().string()}}},
                             {"C", {}}});
  types().mut(u).vacates = true;
  Layouts layouts = Layouts::compute(program_);
  const TypeLayout& row = layouts[u];
  EXPECT_EQ(row.tag_offset, 0u);
  EXPECT_EQ(row.variants[0][0].offset, 4u);
  EXPECT_EQ(row.variants[0][1].offset, 6u);
  EXPECT_EQ(row.variants[1][0].offset, 8u);
  EXPECT_EQ(row.size, 32u);
  EXPECT_EQ(row.state_offset, kNoState) << "a union has a spare tag";
}

TEST_F(LayoutTest, DeepNestingDoesNotRecurse) {
  TypeId inner = scalar(TypeKind::I32);
  for (int i = 0; i < 100'000; ++i) inner = make_struct("S" + std::to_string(i), {inner});
  Layouts layouts = Layouts::compute(program_);
  EXPECT_EQ(layouts[inner].size, 4u);
}

TEST_F(LayoutTest, TooLargeIsReported) {
  TypeId a = types().fixed_array(scalar(TypeKind::I64), uint64_t{1} << 40);
  make_struct("S", {a});
  Layouts layouts = Layouts::compute(program_);
  EXPECT_EQ(layouts.too_large(), a);
}

TEST_F(LayoutTest, ContainingItselfIsABug) {
  TypeId s = types().declare(TypeKind::Struct, "S", {});
  types().complete_struct(s, {{"s", s}});
  EXPECT_EXIT(Layouts::compute(program_), ::testing::ExitedWithCode(70), "contains itself");
}

TEST_F(LayoutTest, DescriptorsOfRecursiveTypes) {
  TypeId node = types().declare(TypeKind::Struct, "Node", {});
  TypeId next = types().ref(node);
  types().complete_struct(node, {{"next", next}, {"name", types().string()}});
  types().mut(node).cyclic = true;
  types().set_drop(node, oir::FuncId{size_t{0}});
  program_.functions.emplace_back();
  Layouts layouts = Layouts::compute(program_);
  static int handle;
  DescriptorTable table(
      program_, layouts, [](oir::FuncId, void*) { return static_cast<void*>(&handle); }, nullptr);
  const TnType* type = table.type(node);
  EXPECT_STREQ(type->name, "Node");
  EXPECT_EQ(type->kind, static_cast<uint32_t>(TN_STRUCT));
  EXPECT_EQ(type->flags, static_cast<uint32_t>(TN_CYCLIC) | TN_MOVE_ONLY | TN_DROP_FAILS);
  EXPECT_EQ(type->drop, &handle);
  ASSERT_EQ(type->part_count, 2u);
  EXPECT_STREQ(type->parts[1].name, "name");
  EXPECT_EQ(type->parts[1].offset, 8u);
  EXPECT_EQ(type->parts[0].type, table.type(next));
  EXPECT_EQ(type->parts[0].type->elem, type);
  EXPECT_EQ(table.types()[type->id], type);
  EXPECT_EQ(table.types()[0]->kind, static_cast<uint32_t>(TN_STRING));
  EXPECT_NE(table.type(next)->flags & TN_DROP_FAILS, 0u);
  EXPECT_EQ(table.type(types().string())->flags & TN_DROP_FAILS, 0u);
  EXPECT_NE(table.type(scalar(TypeKind::I32))->flags & TN_PLAIN, 0u);
}

}  // namespace
}  // namespace tenure::layout
