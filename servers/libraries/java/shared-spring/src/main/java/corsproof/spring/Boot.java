package corsproof.spring;

import corsproof.contract.Adapter;
import java.io.IOException;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Starts an application of Spring Boot. */
public final class Boot {

    private Boot() {}

    public static ConfigurableApplicationContext start(
            Class<?> application, ApplicationContextInitializer<GenericApplicationContext> beans) throws IOException {
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        Adapter.silence();
        Map<String, Object> properties = Map.of(
                "server.address", "127.0.0.1",
                "server.port", 0,
                "server.tomcat.basedir", Adapter.temporaryFolder().toString());
        return new SpringApplicationBuilder(application)
                .bannerMode(Banner.Mode.OFF)
                .lazyInitialization(true)
                .properties(properties)
                .initializers(beans)
                .run();
    }

    public static int port(ConfigurableApplicationContext context) {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }
}
