package corsproof.spring;

import corsproof.contract.Adapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;

/** Has the server use the folder of the adapter. Spring Boot makes one of its own, which stays, if it is given none. */
public final class DocumentRoot implements WebServerFactoryCustomizer<ConfigurableServletWebServerFactory> {

    @Override
    public void customize(ConfigurableServletWebServerFactory factory) {
        try {
            factory.setDocumentRoot(Adapter.temporaryFolder().toFile());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
