package corsproof.contract;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A policy. A field that is null is absent from the file: the adapter does not touch that option of the library.
 */
public record Policy(
        Kind kind,
        Origins origins,
        Boolean credentials,
        Names methods,
        Names requestHeaders,
        Names exposeHeaders,
        Integer maxAge,
        boolean bothLayers) {

    public enum Kind { INTENT, VERBATIM, DEFAULT }

    public enum Mode { NONE, ANY, LIST, SUBDOMAINS, REGEX }

    public record Origins(Mode mode, List<String> values, boolean allowNull) {

        /** The origins of a list, and "null" if the policy allows opaque origins. */
        public List<String> list() {
            List<String> all = new ArrayList<>(values);
            if (allowNull) {
                all.add("null");
            }
            return all;
        }

        /** The children of the origins, in the host glob that Spring, Javalin and others know. */
        public List<String> globs() {
            return values.stream().map(origin -> origin.replace("://", "://*.")).toList();
        }

        /** Regular expressions: as given, or for the children of the origins. */
        public List<String> expressions() {
            if (mode == Mode.REGEX) {
                return values;
            }
            return values.stream()
                    .map(origin -> "^" + origin.replace(".", "\\.").replace("://", "://[a-z0-9-]+\\.") + "$")
                    .toList();
        }
    }

    /** A list of names, or any name. */
    public record Names(boolean any, List<String> list) {

        /** The list, or "*" for any: for a library that has this spelling. */
        public List<String> orStar() {
            return any ? List.of("*") : list;
        }
    }

    /**
     * The names of a list, for a library that takes only single names. Where the policy asks for any name, the field is
     * unsupported.
     */
    public static List<String> single(Names names, String field, List<String> unsupported) {
        if (names == null) {
            return List.of();
        }
        if (names.any()) {
            unsupported.add(field);
        }
        return names.list();
    }

    /** Whether the adapter mounts the library and configures nothing. */
    public boolean isDefault() {
        return kind == Kind.DEFAULT;
    }

    static Policy read(Path file) throws IOException, JsonParserException {
        try (Reader reader = Files.newBufferedReader(file)) {
            return of(JsonParser.object().from(reader));
        }
    }

    private static Policy of(JsonObject json) {
        return new Policy(
                Kind.valueOf(json.getString("kind").toUpperCase()),
                origins(json.getObject("origins")),
                json.has("credentials") ? json.getBoolean("credentials") : null,
                names(json, "methods"),
                names(json, "requestHeaders"),
                names(json, "exposeHeaders"),
                json.has("maxAge") ? json.getInt("maxAge") : null,
                "both".equals(json.getString("layers")));
    }

    private static Origins origins(JsonObject json) {
        return new Origins(
                Mode.valueOf(json.getString("mode").toUpperCase()),
                json.has("values") ? strings(json.getArray("values")) : List.of(),
                json.getBoolean("allowNull", false));
    }

    private static Names names(JsonObject json, String field) {
        if (!json.has(field)) {
            return null;
        }
        if ("*".equals(json.get(field))) {
            return new Names(true, List.of());
        }
        return new Names(false, strings(json.getArray(field)));
    }

    private static List<String> strings(JsonArray array) {
        return array.stream().map(String.class::cast).toList();
    }
}
