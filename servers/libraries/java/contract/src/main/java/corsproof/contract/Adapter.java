package corsproof.contract;

import com.grack.nanojson.JsonWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What each adapter does around its library: it reads the policy, prints one line, and ends when standard input ends.
 */
public final class Adapter {

    /** Mounts the library and starts the server. */
    @FunctionalInterface
    public interface Mount {
        Ready mount(Policy policy) throws Exception;
    }

    /** The line of a server that answers. */
    public record Ready(int port, String library, String version, String config, List<String> unsupported) {}

    /** The library does not accept the configuration. */
    public static final class Refused extends Exception {
        public Refused(Throwable cause) {
            super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        }
    }

    /** The library cannot express the policy. */
    public static final class Unsupported extends Exception {
        private final transient List<String> fields;

        public Unsupported(String... fields) {
            super(String.join(", ", fields));
            this.fields = List.of(fields);
        }
    }

    /** Standard output is for the line alone. What a framework prints goes to standard error. */
    private static final PrintStream LINE = System.out;

    private static Path temporary;

    private Adapter() {}

    /** The main function of an adapter. */
    public static void main(String[] args, Mount mount) {
        System.setOut(System.err);
        Thread input = new Thread(Adapter::awaitEndOfInput, "standard input");
        input.start();
        try {
            announce(mount.mount(Policy.read(Path.of(option(args, "--policy")))));
        } catch (Refused refused) {
            print(JsonWriter.string().object().value("refused", refused.getMessage()).end().done());
            end(0);
        } catch (Unsupported unsupported) {
            print(JsonWriter.string().object().array("unsupported", unsupported.fields).end().done());
            end(0);
        } catch (Throwable failure) {
            failure.printStackTrace();
            end(1);
        }
    }

    /** Calls the library. An exception that says that an argument or a state is wrong is a refusal. */
    public static <T> T configure(Callable<T> library) throws Exception {
        try {
            return library.call();
        } catch (IllegalArgumentException | IllegalStateException refusal) {
            throw new Refused(refusal);
        }
    }

    /** The version of the package that holds the class: Maven writes it into the name of the jar. */
    public static String version(Class<?> type) {
        String jar = type.getProtectionDomain().getCodeSource().getLocation().getPath();
        return jar.replaceFirst("^.*/", "").replaceFirst("^\\D*?-(?=\\d)", "").replaceFirst("\\.jar$", "");
    }

    /** A folder for a framework that needs one. It is gone when the adapter has ended. */
    public static synchronized Path temporaryFolder() throws IOException {
        if (temporary == null) {
            temporary = Files.createTempDirectory("corsproof");
        }
        return temporary;
    }

    /** Turns the log of Java off, for a framework that tells much. */
    public static void silence() {
        Logger.getLogger("").setLevel(Level.OFF);
    }

    private static String option(String[] args, String name) {
        for (int i = 0; i + 1 < args.length; i++) {
            if (args[i].equals(name)) {
                return args[i + 1];
            }
        }
        throw new IllegalArgumentException(name + " is missing");
    }

    private static void announce(Ready ready) {
        var line = JsonWriter.string().object()
                .value("ready", true)
                .value("port", ready.port())
                .value("library", ready.library())
                .value("version", ready.version())
                .value("config", ready.config());
        if (!ready.unsupported().isEmpty()) {
            line.array("unsupported", ready.unsupported());
        }
        print(line.end().done());
    }

    private static void print(String line) {
        LINE.println(line);
        LINE.flush();
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // corsproof sends nothing
            }
        } catch (IOException ended) {
            // an error ends the input, too
        }
        end(0);
    }

    /** Ends the process at once: a framework's shutdown hooks may wait for connections. */
    private static synchronized void end(int status) {
        if (temporary != null) {
            try (Stream<Path> files = Files.walk(temporary)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            } catch (IOException failure) {
                failure.printStackTrace();
            }
        }
        Runtime.getRuntime().halt(status);
    }
}
