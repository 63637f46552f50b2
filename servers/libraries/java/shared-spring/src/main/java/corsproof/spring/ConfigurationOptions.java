package corsproof.spring;

import corsproof.contract.Snippet;
import java.util.List;
import org.springframework.web.cors.CorsConfiguration;

/** The options of a CorsConfiguration. */
public record ConfigurationOptions(CorsConfiguration configuration, Snippet snippet) implements CorsOptions {

    @Override
    public void allowedOrigins(List<String> origins) {
        snippet.call("setAllowedOrigins", configuration::setAllowedOrigins, origins);
    }

    @Override
    public void allowedOriginPatterns(List<String> patterns) {
        snippet.call("setAllowedOriginPatterns", configuration::setAllowedOriginPatterns, patterns);
    }

    @Override
    public void allowedMethods(List<String> methods) {
        snippet.call("setAllowedMethods", configuration::setAllowedMethods, methods);
    }

    @Override
    public void allowedHeaders(List<String> headers) {
        snippet.call("setAllowedHeaders", configuration::setAllowedHeaders, headers);
    }

    @Override
    public void exposedHeaders(List<String> headers) {
        snippet.call("setExposedHeaders", configuration::setExposedHeaders, headers);
    }

    @Override
    public void allowCredentials(boolean allow) {
        snippet.call("setAllowCredentials", configuration::setAllowCredentials, allow);
    }

    @Override
    public void maxAge(long seconds) {
        snippet.call("setMaxAge", (Long value) -> configuration.setMaxAge(value), seconds, seconds + "L");
    }
}
