// All ways to put n queens on a board, as lists that share their ends.
class Main {
    record Queens(int column, Queens before) {}

    record Solutions(Queens first, Solutions rest) {}

    static boolean isSafe(int column, Queens at) {
        for (int distance = 1; at != null; distance++, at = at.before) {
            if (at.column == column || at.column == column + distance || at.column == column - distance) return false;
        }
        return true;
    }

    static Solutions solve(int size, int row) {
        if (row == 0) return new Solutions(null, null);
        Solutions all = null;
        for (Solutions at = solve(size, row - 1); at != null; at = at.rest) {
            for (int column = size; column > 0; column--) {
                if (isSafe(column, at.first)) all = new Solutions(new Queens(column, at.first), all);
            }
        }
        return all;
    }

    public static void main(String[] arguments) {
        int size = Integer.parseInt(arguments[0]);
        int count = 0;
        for (Solutions at = solve(size, size); at != null; at = at.rest) count++;
        System.out.println(count);
    }
}
