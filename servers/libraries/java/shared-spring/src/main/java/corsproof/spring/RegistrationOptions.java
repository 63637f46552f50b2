package corsproof.spring;

import corsproof.contract.Snippet;
import java.util.List;
import org.springframework.web.servlet.config.annotation.CorsRegistration;

/** The options of a CorsRegistration of Spring MVC. */
record RegistrationOptions(CorsRegistration cors, Snippet snippet) implements CorsOptions {

    @Override
    public void allowedOrigins(List<String> origins) {
        snippet.call("allowedOrigins", cors::allowedOrigins, array(origins));
    }

    @Override
    public void allowedOriginPatterns(List<String> patterns) {
        snippet.call("allowedOriginPatterns", cors::allowedOriginPatterns, array(patterns));
    }

    @Override
    public void allowedMethods(List<String> methods) {
        snippet.call("allowedMethods", cors::allowedMethods, array(methods));
    }

    @Override
    public void allowedHeaders(List<String> headers) {
        snippet.call("allowedHeaders", cors::allowedHeaders, array(headers));
    }

    @Override
    public void exposedHeaders(List<String> headers) {
        snippet.call("exposedHeaders", cors::exposedHeaders, array(headers));
    }

    @Override
    public void allowCredentials(boolean allow) {
        snippet.call("allowCredentials", cors::allowCredentials, allow);
    }

    @Override
    public void maxAge(long seconds) {
        snippet.call("maxAge", cors::maxAge, seconds);
    }

    private static String[] array(List<String> values) {
        return values.toArray(String[]::new);
    }
}
