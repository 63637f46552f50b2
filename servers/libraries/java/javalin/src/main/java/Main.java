import corsproof.contract.Adapter;
import corsproof.contract.Policy;
import corsproof.contract.Policy.Origins;
import corsproof.contract.Routes;
import corsproof.contract.Routes.Header;
import corsproof.contract.Snippet;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.plugin.bundled.CorsPluginConfig;
import io.javalin.plugin.bundled.CorsPluginConfig.CorsRule;
import java.util.ArrayList;
import java.util.List;

/** Javalin with its bundled CORS plugin. */
public final class Main {

    private static final String FIRST = "config.bundledPlugins.enableCors(cors -> cors.addRule(rule -> {";

    public static void main(String[] args) {
        Adapter.main(args, Main::mount);
    }

    private static Adapter.Ready mount(Policy policy) throws Exception {
        if (policy.origins().mode() == Policy.Mode.REGEX) {
            throw new Adapter.Unsupported("origins.mode=regex");
        }
        Snippet snippet = new Snippet("rule");
        Javalin app = Adapter.configure(() -> Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.router.ignoreTrailingSlashes = false;
            config.bundledPlugins.enableCors(cors -> rules(cors, policy, snippet));
            routes(config);
        }).start("127.0.0.1", 0));
        return new Adapter.Ready(
                app.port(), "Javalin", Adapter.version(Javalin.class), text(policy, snippet), unsupported(policy));
    }

    private static void rules(CorsPluginConfig cors, Policy policy, Snippet snippet) {
        if (policy.isDefault()) {
            return;
        }
        cors.addRule(rule -> configure(rule, policy, snippet));
        if (policy.bothLayers()) {
            cors.addRule(rule -> configure(rule, policy, new Snippet("rule")));
        }
    }

    private static void configure(CorsRule rule, Policy policy, Snippet snippet) {
        origins(rule, policy.origins(), snippet);
        if (policy.credentials() != null) {
            snippet.set("allowCredentials", allow -> rule.allowCredentials = allow, policy.credentials());
        }
        if (policy.exposeHeaders() != null) {
            policy.exposeHeaders().orStar().forEach(name -> snippet.call("exposeHeader", rule::exposeHeader, name));
        }
        if (policy.maxAge() != null) {
            snippet.set("maxAge", seconds -> rule.maxAge = seconds, policy.maxAge());
        }
    }

    private static void origins(CorsRule rule, Origins origins, Snippet snippet) {
        switch (origins.mode()) {
            case ANY -> snippet.call("anyHost", none -> rule.anyHost(), "", "");
            case LIST -> origins.list().forEach(host -> snippet.call("allowHost", rule::allowHost, host));
            case SUBDOMAINS -> origins.globs().forEach(host -> snippet.call("allowHost", rule::allowHost, host));
            default -> { }
        }
    }

    private static String text(Policy policy, Snippet snippet) {
        String rule = snippet.text(FIRST, "}));");
        return policy.bothLayers() ? rule + "\n// twice: a second rule with the same content" : rule;
    }

    private static List<String> unsupported(Policy policy) {
        List<String> fields = new ArrayList<>();
        if (policy.methods() != null) {
            fields.add("methods");
        }
        if (policy.requestHeaders() != null) {
            fields.add("requestHeaders");
        }
        return fields;
    }

    private static void routes(JavalinConfig config) {
        for (Routes.Route route : Routes.all()) {
            for (String method : route.methods()) {
                config.routes.addHttpHandler(
                        HandlerType.findOrCreate(method),
                        route.path(),
                        context -> answer(context, route.handler().handle(request(context))));
            }
        }
    }

    private static Routes.Request request(Context context) {
        return new Routes.Request() {
            @Override
            public String method() {
                return context.method().name();
            }

            @Override
            public String header(String name) {
                return context.header(name);
            }

            @Override
            public String parameter(String name) {
                return context.queryParam(name);
            }
        };
    }

    private static void answer(Context context, Routes.Response response) {
        context.status(response.status());
        for (Header header : response.headers()) {
            if (header.isAdded()) {
                context.res().addHeader(header.name(), header.value());
            } else {
                context.header(header.name(), header.value());
            }
        }
        context.result(response.body());
    }
}
