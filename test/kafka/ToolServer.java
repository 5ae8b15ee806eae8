import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Kafka's command-line tools many at a time in one JVM, since to start one takes longer than most of what they do.
 * Each run has the classes of the tools to itself (they keep state in static fields) and its own input, output and exit
 * code; the libraries beneath are shared. A request is a line of JSON on stdin, {id, main, args, input} or {id, signal};
 * an answer a line on stdout, {id, code, stdout, stderr}. Input and output are in Base64.
 */
public final class ToolServer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int GRACE_MS = 20_000;
    private static final Map<String, Integer> SIGNAL_CODES = Map.of("SIGINT", 130, "SIGKILL", 137, "SIGTERM", 143);
    /** Whose run a thread belongs to: the threads that a tool starts inherit it. */
    private static final InheritableThreadLocal<Run> CURRENT = new InheritableThreadLocal<>();
    private static final Map<Integer, Run> RUNS = new ConcurrentHashMap<>();

    /** args: the jars that each run loads anew. */
    public static void main(String[] jars) throws IOException {
        URL[] tools = Arrays.stream(jars).map(ToolServer::urlOf).toArray(URL[]::new);
        PrintStream answers = System.out;
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        InputStream noInput = InputStream.nullInputStream();
        OutputStream noOutput = OutputStream.nullOutputStream();
        System.setIn(new DelegatingInput(() -> CURRENT.get() == null ? noInput : CURRENT.get().stdin));
        System.setOut(printer(() -> CURRENT.get() == null ? noOutput : CURRENT.get().stdout));
        System.setErr(printer(() -> CURRENT.get() == null ? noOutput : CURRENT.get().stderr));
        Exit.setExitProcedure((code, message) -> leave(code));
        Exit.setHaltProcedure((code, message) -> leave(code));
        Exit.setShutdownHookAdder((name, hook) -> CURRENT.get().addHook(hook));

        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            JsonNode request = JSON.readTree(line);
            int id = request.get("id").intValue();
            Run run = RUNS.get(id);
            if (!request.has("signal")) RUNS.computeIfAbsent(id, key -> new Run(key, request, tools, answers)).start();
            else if (run != null) run.signal(request.get("signal").textValue());
        }
        Runtime.getRuntime().halt(0);
    }

    private static void leave(int code) {
        CURRENT.get().exit(code);
        throw new Left();
    }

    private static PrintStream printer(Supplier<OutputStream> target) {
        return new PrintStream(new DelegatingOutput(target), true, StandardCharsets.UTF_8);
    }

    private static URL urlOf(String jar) {
        try {
            return new File(jar).toURI().toURL();
        } catch (MalformedURLException error) {
            throw new IllegalArgumentException(error);
        }
    }

    /** Takes the place of the end of the process for the thread that asked for it. */
    private static final class Left extends Error {
        private static final long serialVersionUID = 1;

        Left() {
            super(null, null, false, false);
        }
    }

    /** One run of a tool, which ends as its process would: once, and what comes later is lost. */
    private static final class Run {
        final InputStream stdin;
        final Output stdout = new Output();
        final Output stderr = new Output();
        private final int id;
        private final PrintStream answers;
        private final Thread thread;
        private List<Thread> hooks = new ArrayList<>();

        Run(int id, JsonNode request, URL[] tools, PrintStream answers) {
            this.id = id;
            this.answers = answers;
            this.stdin = new ByteArrayInputStream(Base64.getDecoder().decode(request.get("input").textValue()));
            String[] args = JSON.convertValue(request.get("args"), String[].class);
            this.thread = new Thread(() -> perform(request.get("main").textValue(), args, tools), "run-" + id);
        }

        void start() {
            thread.start();
        }

        private void perform(String main, String[] args, URL[] tools) {
            CURRENT.set(this);
            try (URLClassLoader loader = new URLClassLoader(tools, ToolServer.class.getClassLoader())) {
                Thread.currentThread().setContextClassLoader(loader);
                Class.forName(main, true, loader).getMethod("main", String[].class).invoke(null, (Object) args);
                exit(0);
            } catch (InvocationTargetException error) {
                if (error.getCause() instanceof Left) return;
                System.err.print("Exception in thread \"main\" ");
                error.getCause().printStackTrace(System.err);
                exit(1);
            } catch (ReflectiveOperationException | IOException error) {
                error.printStackTrace(System.err);
                exit(1);
            }
        }

        synchronized void addHook(Runnable hook) {
            if (hooks == null) throw new IllegalStateException("Shutdown in progress");
            hooks.add(new Thread(hook, "hook-" + id));
        }

        private synchronized List<Thread> takeHooks() {
            List<Thread> taken = hooks;
            hooks = null;
            return taken;
        }

        /** Like a JVM: runs the hooks, and is gone when they have ended. */
        void exit(int code) {
            List<Thread> last = takeHooks();
            if (last == null) return;
            last.forEach(Thread::start);
            last.forEach(hook -> join(hook, GRACE_MS));
            answer(code);
        }

        void signal(String name) {
            int code = SIGNAL_CODES.get(name);
            Thread killer = new Thread(() -> {
                CURRENT.set(this);
                if (code == 137) takeHooks();
                if (code == 137) answer(code);
                else exitBySignal(code);
                thread.interrupt();
            }, "signal-" + id);
            killer.start();
        }

        /** The hook of a consumer wakes it up and waits for it in vain where it stands, so its thread is waited for as well. */
        private void exitBySignal(int code) {
            List<Thread> last = takeHooks();
            if (last == null) return;
            last.forEach(Thread::start);
            last.forEach(hook -> join(hook, GRACE_MS));
            if (!last.isEmpty()) join(thread, 2_000);
            answer(code);
        }

        private void answer(int code) {
            if (RUNS.remove(id) == null) return;
            Map<String, Object> answer = Map.of("id", id, "code", code, "stdout", stdout.close64(), "stderr", stderr.close64());
            try {
                String line = JSON.writeValueAsString(answer);
                synchronized (answers) {
                    answers.println(line);
                }
            } catch (IOException error) {
                throw new IllegalStateException(error);
            }
        }

        private static void join(Thread thread, int limitMs) {
            try {
                thread.join(limitMs);
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What a run writes until it ends. */
    private static final class Output extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean isClosed;

        @Override
        public synchronized void write(int value) {
            if (!isClosed) bytes.write(value);
        }

        @Override
        public synchronized void write(byte[] source, int offset, int length) {
            if (!isClosed) bytes.write(source, offset, length);
        }

        synchronized String close64() {
            isClosed = true;
            return Base64.getEncoder().encodeToString(bytes.toByteArray());
        }
    }

    private static final class DelegatingInput extends InputStream {
        private final Supplier<InputStream> source;

        DelegatingInput(Supplier<InputStream> source) {
            this.source = source;
        }

        @Override
        public int read() throws IOException {
            return source.get().read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return source.get().read(target, offset, length);
        }

        @Override
        public int available() throws IOException {
            return source.get().available();
        }
    }

    private static final class DelegatingOutput extends OutputStream {
        private final Supplier<OutputStream> target;

        DelegatingOutput(Supplier<OutputStream> target) {
            this.target = target;
        }

        @Override
        public void write(int value) throws IOException {
            target.get().write(value);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            target.get().write(source, offset, length);
        }
    }
}
