package adapter;

import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.vertx.http.runtime.cors.CORSFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Quarkus with the CORS filter of its server, which its configuration turns on. */
@QuarkusMain
public final class Main {

    private static final String CORS = "quarkus.http.cors.";

    public static void main(String[] args) {
        Adapter.main(args, Main::mount);
    }

    private static Adapter.Ready mount(Policy policy) throws Exception {
        List<String> unsupported = new ArrayList<>();
        Map<String, String> properties = properties(policy, unsupported);
        properties.forEach(System::setProperty);
        new Thread(() -> Quarkus.run(Application.class, Application::failed), "Quarkus").start();
        return new Adapter.Ready(
                Application.port(), "Quarkus", Adapter.version(CORSFilter.class), text(properties), unsupported);
    }

    /** The properties, by name. Without methods or headers, Quarkus allows any. */
    private static Map<String, String> properties(Policy policy, List<String> unsupported) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(CORS + "enabled", "true");
        if (policy.isDefault()) {
            return properties;
        }
        if (policy.bothLayers()) {
            unsupported.add("layers"); // a server has one filter
        }
        put(properties, "origins", origins(policy));
        if (policy.methods() != null) {
            put(properties, "methods", policy.methods().list());
        }
        if (policy.requestHeaders() != null) {
            put(properties, "headers", policy.requestHeaders().list());
        }
        put(properties, "exposed-headers", Policy.single(policy.exposeHeaders(), "exposeHeaders", unsupported));
        if (policy.credentials() != null) {
            properties.put(CORS + "access-control-allow-credentials", policy.credentials().toString());
        }
        if (policy.maxAge() != null) {
            properties.put(CORS + "access-control-max-age", policy.maxAge().toString());
        }
        return properties;
    }

    /**
     * A value between slashes is a regular expression. Quarkus takes a backslash in a list for an escape: as its
     * documentation says, a regular expression has two for each, and application.properties four. A verbatim policy has
     * the regular expression as it is.
     */
    private static List<String> origins(Policy policy) {
        return switch (policy.origins().mode()) {
            case NONE -> List.of();
            case ANY -> List.of("*");
            case LIST -> policy.origins().list();
            case SUBDOMAINS, REGEX -> policy.origins().expressions().stream()
                    .map(expression -> policy.kind() == Policy.Kind.VERBATIM ? expression : escaped(expression))
                    .map(expression -> "/" + expression + "/")
                    .toList();
        };
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\");
    }

    private static void put(Map<String, String> properties, String name, List<String> values) {
        if (!values.isEmpty()) {
            properties.put(CORS + name, String.join(",", values));
        }
    }

    /** The lines of application.properties: a backslash stands twice there. */
    private static String text(Map<String, String> properties) {
        return properties.entrySet().stream()
                .map(property -> property.getKey() + "=" + escaped(property.getValue()))
                .collect(Collectors.joining("\n"));
    }
}
