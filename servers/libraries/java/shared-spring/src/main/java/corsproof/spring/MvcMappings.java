package corsproof.spring;

import corsproof.contract.Policy;
import corsproof.contract.Snippet;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The global configuration of CORS in Spring MVC. */
public record MvcMappings(Policy policy, Snippet snippet) implements WebMvcConfigurer {

    public MvcMappings(Policy policy) {
        this(policy, new Snippet("cors"));
    }

    @Override
    public void addCorsMappings(CorsRegistry registry) {
        new RegistrationOptions(registry.addMapping("/**"), snippet).set(policy);
    }

    /** The method as a program has it. */
    public String text() {
        return snippet.text(
                "public void addCorsMappings(CorsRegistry registry) {\n    CorsRegistration cors = registry.addMapping(\"/**\");",
                "}");
    }
}
