// n structs with random keys are sorted by their keys.
import java.util.Arrays;
import java.util.Comparator;

class Main {
    record Item(long key, int id, double weight) {}

    public static void main(String[] arguments) {
        int n = Integer.parseInt(arguments[0]);
        Item[] records = new Item[n];
        long state = 12345;
        for (int i = 0; i < n; i++) {
            state = (state * 1103515245 + 12345) % 2147483648L;
            records[i] = new Item(state, i, i);
        }
        Arrays.sort(records, Comparator.comparingLong(Item::key));
        long sum = 0;
        boolean ordered = true;
        for (int i = 0; i < n; i++) {
            sum = (sum * 31 + records[i].key) % 1000000007;
            if (i > 0 && records[i].key < records[i - 1].key) ordered = false;
        }
        System.out.println(ordered + ", " + sum);
    }
}
