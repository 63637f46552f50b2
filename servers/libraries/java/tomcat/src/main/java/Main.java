import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import corsproof.contract.Routes;
import corsproof.servlet.RouteServlet;
import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.filters.CorsFilter;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** Tomcat, embedded, with its CorsFilter. */
public final class Main {

    public static void main(String[] args) {
        Adapter.main(args, Main::mount);
    }

    private static Adapter.Ready mount(Policy policy) throws Exception {
        List<String> unsupported = new ArrayList<>();
        Map<String, String> parameters = parameters(policy, unsupported);

        File folder = Adapter.temporaryFolder().toFile();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.getPath());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        Context context = tomcat.addContext("", folder.getPath());
        filter(context, "CorsFilter", parameters);
        if (policy.bothLayers()) {
            filter(context, "InnerCorsFilter", parameters);
        }
        routes(context);
        start(tomcat, context);
        return new Adapter.Ready(
                tomcat.getConnector().getLocalPort(),
                "Tomcat CorsFilter",
                Adapter.version(CorsFilter.class),
                text(policy, parameters),
                unsupported);
    }

    /** The parameters of the filter, as its documentation has them for web.xml. */
    private static Map<String, String> parameters(Policy policy, List<String> unsupported) throws Adapter.Unsupported {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (policy.isDefault()) {
            return parameters;
        }
        parameters.put("cors.allowed.origins", switch (policy.origins().mode()) {
            case NONE -> "";
            case ANY -> "*";
            case LIST -> String.join(",", policy.origins().list());
            case SUBDOMAINS -> throw new Adapter.Unsupported("origins.mode=subdomains");
            case REGEX -> throw new Adapter.Unsupported("origins.mode=regex");
        });
        put(parameters, "cors.allowed.methods", Policy.single(policy.methods(), "methods", unsupported));
        put(parameters, "cors.allowed.headers", Policy.single(policy.requestHeaders(), "requestHeaders", unsupported));
        put(parameters, "cors.exposed.headers", Policy.single(policy.exposeHeaders(), "exposeHeaders", unsupported));
        if (policy.credentials() != null) {
            parameters.put("cors.support.credentials", policy.credentials().toString());
        }
        if (policy.maxAge() != null) {
            parameters.put("cors.preflight.maxage", policy.maxAge().toString());
        }
        return parameters;
    }

    private static void put(Map<String, String> parameters, String name, List<String> values) {
        if (!values.isEmpty()) {
            parameters.put(name, String.join(",", values));
        }
    }

    private static void filter(Context context, String name, Map<String, String> parameters) {
        FilterDef filter = new FilterDef();
        filter.setFilterName(name);
        filter.setFilterClass(CorsFilter.class.getName());
        parameters.forEach(filter::addInitParameter);
        context.addFilterDef(filter);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName(name);
        mapping.addURLPattern("/*");
        context.addFilterMap(mapping);
    }

    /** The default servlet stands in each web application of Tomcat: filters run for its 404, too. */
    private static void routes(Context context) {
        Tomcat.addServlet(context, "default", new DefaultServlet());
        context.addServletMappingDecoded("/", "default");
        for (Routes.Route route : Routes.all()) {
            Tomcat.addServlet(context, route.path(), new RouteServlet(route));
            context.addServletMappingDecoded(route.path(), route.path());
        }
    }

    /** A filter that refuses its parameters ends the start of the context. Tomcat tells why in its log only. */
    private static void start(Tomcat tomcat, Context context) throws Exception {
        List<Throwable> logged = new ArrayList<>();
        Logger log = Logger.getLogger("");
        for (Handler handler : log.getHandlers()) {
            log.removeHandler(handler);
        }
        log.addHandler(new Remember(logged));
        tomcat.start();
        if (!context.getState().isAvailable()) {
            throw new Adapter.Refused(logged.get(0));
        }
    }

    private static final class Remember extends Handler {
        private final List<Throwable> logged;

        Remember(List<Throwable> logged) {
            this.logged = logged;
        }

        @Override
        public void publish(LogRecord line) {
            if (line.getThrown() != null) {
                logged.add(line.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static String text(Policy policy, Map<String, String> parameters) {
        StringBuilder text = new StringBuilder("<filter>\n  <filter-name>CorsFilter</filter-name>\n  <filter-class>")
                .append(CorsFilter.class.getName())
                .append("</filter-class>\n");
        parameters.forEach((name, value) -> text
                .append("  <init-param>\n    <param-name>").append(name)
                .append("</param-name>\n    <param-value>").append(value)
                .append("</param-value>\n  </init-param>\n"));
        text.append("</filter>\n<filter-mapping>\n  <filter-name>CorsFilter</filter-name>\n")
                .append("  <url-pattern>/*</url-pattern>\n</filter-mapping>");
        return policy.bothLayers() ? text + "\n<!-- and a second filter with the same content -->" : text.toString();
    }
}
