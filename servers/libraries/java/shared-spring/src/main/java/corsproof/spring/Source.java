package corsproof.spring;

import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import corsproof.contract.Snippet;
import org.springframework.web.cors.CorsConfiguration;

/** A CorsConfiguration for all paths, as filters take it from a source. */
public final class Source {

    private final Snippet snippet = new Snippet("configuration");
    private final CorsConfiguration configuration = new CorsConfiguration();

    public Source(Policy policy) {
        new ConfigurationOptions(configuration, snippet).set(policy);
    }

    public CorsConfiguration configuration() {
        return configuration;
    }

    /** A method that makes the source and ends with the last line, as a program has it. */
    public String text(String method, String last) {
        return snippet.text(
                "@Bean\n" + method + " {\n    CorsConfiguration configuration = new CorsConfiguration();",
                "    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();\n"
                        + "    source.registerCorsConfiguration(\"/**\", configuration);\n    " + last + "\n}");
    }

    /**
     * Spring validates credentials with "*" at each request, which it then answers with 500. This asks the same method
     * at the start, for the text of the refusal.
     */
    public static void validate(CorsConfiguration configuration) throws Exception {
        Adapter.configure(() -> {
            configuration.validateAllowCredentials();
            return configuration;
        });
    }
}
