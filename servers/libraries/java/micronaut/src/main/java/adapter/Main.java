package adapter;

import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import io.micronaut.context.ApplicationContext;
import io.micronaut.http.server.cors.CorsFilter;
import io.micronaut.runtime.server.EmbeddedServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Micronaut with the CORS filter of its server, which its configuration turns on. */
public final class Main {

    private static final String CORS = "micronaut.server.cors.";

    public static void main(String[] args) {
        Adapter.main(args, Main::mount);
    }

    private static Adapter.Ready mount(Policy policy) throws Exception {
        List<String> unsupported = new ArrayList<>();
        Map<String, Object> options = options(policy, unsupported);
        Map<String, Object> properties = new HashMap<>(Map.of(
                "micronaut.server.host", "127.0.0.1",
                "micronaut.server.port", -1,
                CORS + "enabled", true));
        options.forEach((name, value) -> properties.put(CORS + "configurations.web." + name, value));
        EmbeddedServer server = ApplicationContext.run(EmbeddedServer.class, properties);
        return new Adapter.Ready(
                server.getPort(), "Micronaut", Adapter.version(CorsFilter.class), text(options), unsupported);
    }

    /** The options of one configuration. Without origins, methods or headers, it allows any. */
    private static Map<String, Object> options(Policy policy, List<String> unsupported) {
        Map<String, Object> options = new LinkedHashMap<>();
        if (policy.isDefault()) {
            return options;
        }
        if (policy.bothLayers()) {
            unsupported.add("layers"); // a server has one filter
        }
        switch (policy.origins().mode()) {
            case ANY -> { }
            case NONE, LIST -> options.put("allowed-origins", policy.origins().list());
            case SUBDOMAINS, REGEX ->
                options.put("allowed-origins-regex", String.join("|", policy.origins().expressions()));
        }
        if (policy.methods() != null && !policy.methods().any()) {
            options.put("allowed-methods", policy.methods().list());
        }
        if (policy.requestHeaders() != null && !policy.requestHeaders().any()) {
            options.put("allowed-headers", policy.requestHeaders().list());
        }
        List<String> exposed = Policy.single(policy.exposeHeaders(), "exposeHeaders", unsupported);
        if (!exposed.isEmpty()) {
            options.put("exposed-headers", exposed);
        }
        if (policy.credentials() != null) {
            options.put("allow-credentials", policy.credentials());
        }
        if (policy.maxAge() != null) {
            options.put("max-age", policy.maxAge());
        }
        return options;
    }

    private static String text(Map<String, Object> options) {
        StringBuilder text = new StringBuilder("micronaut:\n  server:\n    cors:\n      enabled: true");
        if (!options.isEmpty()) {
            text.append("\n      configurations:\n        web:");
        }
        options.forEach((name, value) -> text.append("\n          ").append(name).append(": ").append(yaml(value)));
        return text.toString();
    }

    private static String yaml(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(Main::yaml).toList().toString();
        }
        return value instanceof String text ? "'" + text + "'" : String.valueOf(value);
    }
}
