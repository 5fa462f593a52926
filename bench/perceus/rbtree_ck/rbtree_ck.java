// As rbtree, but every fifth tree is kept.
import java.util.ArrayList;
import java.util.List;

class Main {
    record Node(boolean red, Node left, int key, boolean value, Node right) {}

    static boolean isRed(Node t) {
        return t != null && t.red;
    }

    static Node balanceLeft(Node l, int key, boolean value, Node r) {
        if (isRed(l.left)) {
            Node ll = l.left;
            return new Node(true, new Node(false, ll.left, ll.key, ll.value, ll.right), l.key, l.value,
                    new Node(false, l.right, key, value, r));
        }
        if (isRed(l.right)) {
            Node lr = l.right;
            return new Node(true, new Node(false, l.left, l.key, l.value, lr.left), lr.key, lr.value,
                    new Node(false, lr.right, key, value, r));
        }
        return new Node(false, new Node(true, l.left, l.key, l.value, l.right), key, value, r);
    }

    static Node balanceRight(Node l, int key, boolean value, Node r) {
        if (isRed(r.left)) {
            Node rl = r.left;
            return new Node(true, new Node(false, l, key, value, rl.left), rl.key, rl.value,
                    new Node(false, rl.right, r.key, r.value, r.right));
        }
        if (isRed(r.right)) {
            Node rr = r.right;
            return new Node(true, new Node(false, l, key, value, r.left), r.key, r.value,
                    new Node(false, rr.left, rr.key, rr.value, rr.right));
        }
        return new Node(false, l, key, value, new Node(true, r.left, r.key, r.value, r.right));
    }

    static Node insertInto(Node t, int key, boolean value) {
        if (t == null) return new Node(true, null, key, value, null);
        if (key < t.key) {
            Node left = insertInto(t.left, key, value);
            if (!t.red && isRed(t.left)) return balanceLeft(left, t.key, t.value, t.right);
            return new Node(t.red, left, t.key, t.value, t.right);
        }
        if (key > t.key) {
            Node right = insertInto(t.right, key, value);
            if (!t.red && isRed(t.right)) return balanceRight(t.left, t.key, t.value, right);
            return new Node(t.red, t.left, t.key, t.value, right);
        }
        return new Node(t.red, t.left, key, value, t.right);
    }

    static Node insert(Node t, int key, boolean value) {
        Node r = insertInto(t, key, value);
        return r.red ? new Node(false, r.left, r.key, r.value, r.right) : r;
    }

    static int countTrue(Node t, int count) {
        if (t == null) return count;
        return countTrue(t.right, countTrue(t.left, count) + (t.value ? 1 : 0));
    }

    public static void main(String[] arguments) {
        Node tree = null;
        List<Node> kept = new ArrayList<>();
        for (int key = Integer.parseInt(arguments[0]); key > 0; key--) {
            tree = insert(tree, key, key % 10 == 0);
            if (key % 5 == 0) kept.add(tree);
        }
        System.out.println(kept.size() + ", " + countTrue(kept.get(kept.size() - 1), 0));
    }
}
