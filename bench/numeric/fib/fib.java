// Fibonacci numbers by their definition.
class Main {
    static int fib(int n) {
        return n < 2 ? n : fib(n - 1) + fib(n - 2);
    }

    public static void main(String[] arguments) {
        System.out.println(fib(Integer.parseInt(arguments[0])));
    }
}
