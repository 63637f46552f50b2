import corsproof.contract.Adapter
import corsproof.contract.Policy
import corsproof.contract.Policy.Mode
import corsproof.contract.Routes
import io.ktor.http.ContentType
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpMethod
import io.ktor.http.HttpStatusCode
import io.ktor.server.application.ApplicationCall
import io.ktor.server.application.install
import io.ktor.server.engine.embeddedServer
import io.ktor.server.netty.Netty
import io.ktor.server.plugins.cors.CORSConfig
import io.ktor.server.plugins.cors.routing.CORS
import io.ktor.server.request.httpMethod
import io.ktor.server.response.header
import io.ktor.server.response.respondBytes
import io.ktor.server.routing.Route
import io.ktor.server.routing.route
import io.ktor.server.routing.routing
import kotlinx.coroutines.runBlocking

/** Ktor with its CORS plugin. */
fun main(args: Array<String>) = Adapter.main(args, ::mount)

private fun mount(policy: Policy): Adapter.Ready {
    if (policy.kind() == Policy.Kind.VERBATIM && policy.origins().mode() == Mode.REGEX) {
        throw Adapter.Unsupported("origins.mode=regex")
    }
    val options = Options(policy)
    val server = Adapter.configure {
        embeddedServer(Netty, port = 0, host = "127.0.0.1") {
            install(CORS) { options.configure(this) }
            routing { register() }
        }.start(wait = false)
    }
    val port = runBlocking { server.engine.resolvedConnectors().first().port }
    return Adapter.Ready(port, "Ktor", Adapter.version(CORSConfig::class.java), options.text(), options.unsupported)
}

private fun Route.register() {
    for (route in Routes.all()) {
        for (method in route.methods()) {
            route(route.path(), HttpMethod.parse(method)) {
                handle { call.answer(route.handler().handle(CallRequest(call))) }
            }
        }
    }
}

private class CallRequest(private val call: ApplicationCall) : Routes.Request {
    override fun method() = call.request.httpMethod.value

    override fun header(name: String) = call.request.headers[name]

    override fun parameter(name: String) = call.request.queryParameters[name]
}

/** A header of a response can be added in Ktor, and not be replaced. */
private suspend fun ApplicationCall.answer(from: Routes.Response) {
    val (types, headers) = from.headers().partition { it.name() == HttpHeaders.ContentType }
    headers.forEach { response.header(it.name(), it.value()) }
    val type = types.firstOrNull()?.let { ContentType.parse(it.value()) }
    respondBytes(from.body(), type, HttpStatusCode.fromValue(from.status()))
}
