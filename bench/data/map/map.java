// A map of n strings: filled, looked up, changed, and every third key taken out.
import java.util.HashMap;

class Main {
    public static void main(String[] arguments) {
        long n = Long.parseLong(arguments[0]);
        HashMap<String, Long> counts = new HashMap<>();
        for (long i = 0; i < n; i++) counts.put("key " + i * 7919 % n, i);
        long found = 0, sum = 0, rest = 0;
        for (long i = 0; i < n; i++) {
            String key = "key " + i * 2;
            Long value = counts.get(key);
            if (value != null) {
                found++;
                sum += value;
                counts.put(key, 0L);
            }
        }
        for (long i = 0; i < n; i += 3) counts.remove("key " + i);
        for (long value : counts.values()) rest += value;
        System.out.println(found + ", " + sum + ", " + counts.size() + ", " + rest);
    }
}
