// Tables whose rows stay, and vectors of a few.
#include "base/table.h"

#include <gtest/gtest.h>

#include <utility>

#include "base/few.h"

namespace tenure {
namespace {

TEST(Table, RowsStayWhereTheyAre) {
  Table<uint64_t> table;
  table.push_back(7);
  const uint64_t* first = &table[0];
  for (uint64_t i = 1; i < 200'000; ++i) table.push_back(i);
  EXPECT_EQ(&table[0], first);
  EXPECT_EQ(table.size(), 200'000u);
  uint64_t expected = 0;
  for (uint64_t row : table) {
    EXPECT_EQ(row, expected == 0 ? 7 : expected);
    ++expected;
  }
}

TEST(Table, AnotherIsAppendedBehindTheRoomThatIsLeft) {
  Table<uint32_t> first, second;
  for (uint32_t i = 0; i < 5; ++i) first.push_back(i);
  for (uint32_t i = 0; i < 100'000; ++i) second.push_back(i + 1000);
  const uint32_t* row = &second[3];
  size_t begin = first.size_with_room();
  EXPECT_GE(begin, first.size());
  first.append(std::move(second));
  EXPECT_EQ(first.size(), begin + 100'000);
  EXPECT_EQ(&first[begin + 3], row);
  EXPECT_EQ(first[4], 4u);
  EXPECT_EQ(first[begin + 99'999], 100'999u);
  first.push_back(1);
  EXPECT_EQ(first[begin + 100'000], 1u);
  EXPECT_TRUE(second.empty());
}

TEST(Table, IsCutAndFilledAgain) {
  Table<uint32_t> table;
  for (uint32_t i = 0; i < 100'000; ++i) table.push_back(i);
  const uint32_t* row = &table[60'000];
  size_t room = table.size_with_room();
  for (size_t size : {size_t{60'000}, room / 2, size_t{1}, size_t{0}}) {
    table.cut(size);
    EXPECT_EQ(table.size(), size);
  }
  EXPECT_TRUE(table.empty());
  for (uint32_t i = 0; i < 100'000; ++i) table.push_back(i + 5);
  EXPECT_EQ(table.size(), 100'000u);
  EXPECT_EQ(&table[60'000], row);  // in the memory that it had
  EXPECT_EQ(*row, 60'005u);
}

TEST(Table, BeginsAfterAnother) {
  Table<uint32_t> first;
  for (uint32_t i = 0; i < 5; ++i) first.push_back(i);
  auto table = Table<uint32_t>::after(first);
  size_t begin = first.size_with_room();
  EXPECT_EQ(table.size(), begin);
  for (int round = 0; round < 2; ++round) {
    for (uint32_t i = 0; i < 100'000; ++i) table.push_back(i);
    EXPECT_EQ(table.size(), begin + 100'000);
    EXPECT_EQ(table[begin + 99'999], 99'999u);
    EXPECT_EQ(&table[4], &first[4]);
    table.cut(begin);
  }
  EXPECT_EQ(table.size(), begin);
  EXPECT_EQ(first.size(), 5u);
}

using Numbers = Few<uint32_t, 3>;

TEST(Few, GrowsBeyondAFew) {
  Numbers numbers{1, 2};
  for (uint32_t i = 3; i <= 100; ++i) numbers.push_back(i);
  EXPECT_EQ(numbers.size(), 100u);
  EXPECT_EQ(numbers[0], 1u);
  EXPECT_EQ(numbers.back(), 100u);
  numbers.pop_back();
  EXPECT_EQ(numbers.back(), 99u);
}

TEST(Few, IsCopiedAndMoved) {
  for (uint32_t count : {0u, 2u, 3u, 50u}) {
    Numbers numbers;
    for (uint32_t i = 0; i < count; ++i) numbers.push_back(i);
    Numbers copy = numbers;
    EXPECT_EQ(copy, numbers);
    Numbers moved = std::move(copy);
    EXPECT_EQ(moved, numbers);
    EXPECT_TRUE(copy.empty());  // NOLINT(bugprone-use-after-move): it says what it is then
    copy.push_back(9);
    EXPECT_EQ(copy[0], 9u);
    Numbers other{7, 8, 9, 10, 11};
    other = std::move(moved);
    EXPECT_EQ(other, numbers);
    other = numbers;
    EXPECT_EQ(other, numbers);
    other.append(numbers.begin(), numbers.end());
    EXPECT_EQ(other.size(), 2 * count);
  }
}

}  // namespace
}  // namespace tenure
