// Cycles are made and abandoned steadily, while a ring of a million objects lives.
import java.util.Arrays;

class Main {
    static final class Node {
        final long id;
        Node next, previous;

        Node(long id) {
            this.id = id;
        }
    }

    static Node ring(long size) {
        Node first = new Node(0), at = first;
        for (long id = 1; id < size; id++) {
            at.next = new Node(id);
            at.next.previous = at;
            at = at.next;
        }
        at.next = first;
        first.previous = at;
        return first;
    }

    static long sum(Node at, long size) {
        long total = 0;
        for (long i = 0; i < size; i++, at = at.next) total += at.id;
        return total;
    }

    public static void main(String[] arguments) {
        int turns = Integer.parseInt(arguments[0]);
        long live = Long.parseLong(arguments[1]), size = Long.parseLong(arguments[2]);
        Node kept = ring(live);
        long[] times = new long[turns];
        long total = 0;
        for (int turn = 0; turn < turns; turn++) {
            long start = System.nanoTime();
            total += sum(ring(size), size);
            times[turn] = System.nanoTime() - start;
        }
        System.out.println(total + ", " + sum(kept, live));
        Arrays.sort(times);
        System.err.println(times[turns / 2] + " " + times[turns - 1 - turns / 100] + " " + times[turns - 1]);
    }
}
