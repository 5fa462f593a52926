// A list of n numbers is built, reversed, summed and dropped.
class Main {
    record Node(long value, Node next) {}

    static Node build(long n) {
        Node list = null;
        for (long i = 0; i < n; i++) list = new Node(i, list);
        return list;
    }

    static Node reverse(Node list) {
        Node done = null;
        for (Node at = list; at != null; at = at.next) done = new Node(at.value, done);
        return done;
    }

    static long sum(Node list) {
        long total = 0;
        for (Node at = list; at != null; at = at.next) total += at.value;
        return total;
    }

    public static void main(String[] arguments) {
        Node list = reverse(build(Long.parseLong(arguments[0])));
        System.out.println(list.value + ", " + sum(list));
    }
}
