// Binary trees.
class Main {
    static final class Tree {
        Tree left, right;

        static Tree make(int depth) {
            Tree tree = new Tree();
            if (depth > 0) {
                tree.left = make(depth - 1);
                tree.right = make(depth - 1);
            }
            return tree;
        }

        int check() {
            return left == null ? 1 : left.check() + right.check() + 1;
        }
    }

    public static void main(String[] arguments) {
        int minDepth = 4, maxDepth = Integer.parseInt(arguments[0]);
        System.out.println((maxDepth + 1) + ", " + Tree.make(maxDepth + 1).check());
        Tree longLived = Tree.make(maxDepth);
        for (int depth = minDepth; depth <= maxDepth; depth += 2) {
            int count = 1 << (maxDepth - depth + minDepth);
            int sum = 0;
            for (int i = 0; i < count; i++) sum += Tree.make(depth).check();
            System.out.println(count + ", " + depth + ", " + sum);
        }
        System.out.println(maxDepth + ", " + longLived.check());
    }
}
