package corsproof.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Configures an object of a library, and writes the same calls as source text: both come from one value, so that the
 * published configuration is the real one.
 */
public final class Snippet {

    private final String receiver;
    private final List<String> lines = new ArrayList<>();

    /** The receiver is the name of the object in the text. */
    public Snippet(String receiver) {
        this.receiver = receiver;
    }

    /** Calls a method. */
    public <T> Snippet call(String name, Consumer<T> method, T value) {
        return call(name, method, value, literal(value));
    }

    /** Calls a method whose argument is written in the text as expression. */
    public <T> Snippet call(String name, Consumer<T> method, T value, String expression) {
        method.accept(value);
        lines.add(receiver + "." + name + "(" + expression + ");");
        return this;
    }

    /** Calls a method if the policy has the value. */
    public <T> Snippet callIf(T value, String name, Consumer<T> method) {
        return value == null ? this : call(name, method, value);
    }

    /** Sets a field. */
    public <T> Snippet set(String field, Consumer<T> setter, T value) {
        setter.accept(value);
        lines.add(receiver + "." + field + " = " + literal(value) + ";");
        return this;
    }

    /** The calls so far, a line for each. */
    public String text() {
        return String.join("\n", lines);
    }

    /** The calls so far between a first and a last line. */
    public String text(String first, String last) {
        return lines.stream().map(line -> "    " + line).collect(Collectors.joining("\n", first + "\n", "\n" + last));
    }

    /** The value as a Java expression. An array of strings is a list of arguments. */
    public static String literal(Object value) {
        if (value instanceof String text) {
            return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }
        if (value instanceof String[] texts) {
            return literals(Arrays.asList(texts));
        }
        if (value instanceof List<?> list) {
            return "List.of(" + literals(list) + ")";
        }
        if (value instanceof Set<?> set) {
            return "Set.of(" + literals(set) + ")";
        }
        if (value instanceof Duration duration) {
            return "Duration.ofSeconds(" + duration.toSeconds() + ")";
        }
        return String.valueOf(value);
    }

    private static String literals(Collection<?> values) {
        return values.stream().map(Snippet::literal).collect(Collectors.joining(", "));
    }
}
