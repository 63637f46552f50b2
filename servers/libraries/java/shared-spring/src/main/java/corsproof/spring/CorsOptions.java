package corsproof.spring;

import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import java.util.List;

/** The options that each way to configure CORS in Spring has. */
public interface CorsOptions {

    void allowedOrigins(List<String> origins);

    void allowedOriginPatterns(List<String> patterns);

    void allowedMethods(List<String> methods);

    void allowedHeaders(List<String> headers);

    void exposedHeaders(List<String> headers);

    void allowCredentials(boolean allow);

    void maxAge(long seconds);

    /** Says that the policy is not expressible. Spring's patterns are globs, and no option takes a regular expression. */
    static void check(Policy policy) throws Adapter.Unsupported {
        if (policy.origins().mode() == Policy.Mode.REGEX) {
            throw new Adapter.Unsupported("origins.mode=regex");
        }
    }

    /** Sets the options that the policy names. Each list takes "*". */
    default void set(Policy policy) {
        if (policy.isDefault()) {
            return;
        }
        switch (policy.origins().mode()) {
            case ANY -> allowedOrigins(List.of("*"));
            case SUBDOMAINS -> allowedOriginPatterns(policy.origins().globs());
            default -> allowedOrigins(policy.origins().list());
        }
        if (policy.methods() != null) {
            allowedMethods(policy.methods().orStar());
        }
        if (policy.requestHeaders() != null) {
            allowedHeaders(policy.requestHeaders().orStar());
        }
        if (policy.exposeHeaders() != null) {
            exposedHeaders(policy.exposeHeaders().orStar());
        }
        if (policy.credentials() != null) {
            allowCredentials(policy.credentials());
        }
        if (policy.maxAge() != null) {
            maxAge(policy.maxAge());
        }
    }
}
