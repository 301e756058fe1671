using System.Globalization;
using System.Text;

namespace Deployment.Toolkit.Analyzers.Tests.Robustness;

/// <summary>
/// Code whose symbols lead back to themselves, in one step or many. An analyzer that follows them for ever overflows the stack, and with it
/// the compiler's process dies: a failure here ends the whole test run.
/// </summary>
public sealed class EndlessWalkTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    // Locals that are assigned what they hold.
    [InlineData("void M(WebApplicationBuilder builder) { IConfiguration s = builder.Configuration.GetSection(\"A\"); s = s.GetSection(\"B\"); _ = s[\"N\"]; }")]
    [InlineData("void M(IConfiguration c) { var a = c.GetSection(\"A\"); var b = a.GetSection(\"B\"); a = b.GetSection(\"C\"); b = a.GetSection(\"D\"); _ = a[\"N\"]; _ = b[\"N\"]; }")]
    [InlineData("void M(IConfiguration c) { c = c.GetSection(\"A\"); c = c.GetSection(\"B\"); _ = c[\"N\"]; foreach (var x in c.GetChildren()) { c = x.GetSection(\"C\"); } }")]
    [InlineData("void M(IConfiguration c) { while (c.GetSection(\"A\") is { } n) { c = n.GetSection(\"A\"); c = (IConfiguration)c.GetSection(\"A\"); } }")]
    // Fields and properties that hold themselves or each other.
    [InlineData("IConfiguration c = null!; T() { c = c.GetSection(\"A\"); } string? N => c[\"N\"];")]
    [InlineData("IConfiguration A => B.GetSection(\"B\"); IConfiguration B => A.GetSection(\"A\"); string? N => A[\"N\"];")]
    [InlineData("IConfiguration A { get { return A.GetSection(\"B\"); } } string? N => A[\"N\"];")]
    [InlineData("static readonly string A = B + \"x\"; static readonly string B = A + \"y\"; string? N(IConfiguration c) => c[A + B];")]
    [InlineData("static string A => $\"{B}:{B}\"; static string B => $\"{A}:{A}\"; string? N(IConfiguration c) => c.GetSection(A)[B];")]
    // Names of the environment.
    [InlineData("bool M(IHostEnvironment e) { var n = (n ?? e.EnvironmentName); return n == \"Prodution\"; }")]
    [InlineData("bool M(IHostEnvironment e) { var n = (m); var m = (n); return n == \"Prodution\" || e.EnvironmentName == m; }")]
    [InlineData("bool M(IHostEnvironment e) { { var n = (m ?? \"\"); _ = n == \"Prodution\"; } { var m = (n ?? \"\"); _ = m == \"Prodution\"; } return e.EnvironmentName == \"\"; }")]
    // Guards.
    [InlineData("bool A => B; bool B => A; void M(IApplicationBuilder app) { if (A) { app.UseDeveloperExceptionPage(); } }")]
    [InlineData("bool A() => !A(); void M(IApplicationBuilder app) { if (A()) { app.UseDeveloperExceptionPage(); } }")]
    [InlineData("void M(IApplicationBuilder app) { app.UseDeveloperExceptionPage(); M(app); N(app); } void N(IApplicationBuilder app) { M(app); }")]
    // Predicates.
    [InlineData("Func<string, bool> f; T() { f = f; } void M(Microsoft.AspNetCore.Cors.Infrastructure.CorsPolicyBuilder b) => b.SetIsOriginAllowed(f);")]
    // Methods that hand on what they are given.
    [InlineData("void M(IConfiguration c) => M(c.GetSection(\"A\")); void N(IConfiguration c) { O(c.GetSection(\"A\")); } void O(IConfiguration c) { N(c.GetSection(\"B\")); _ = c[\"N\"]; }")]
    [InlineData("class Node { public Node? Next { get; set; } public List<Node>? All { get; set; } public required string Title { get; set; } } void M(IServiceCollection s, IConfiguration c) => s.Configure<Node>(c.GetSection(\"Shop\"));")]
    [InlineData("class Left : Right { } class Right : Left { public string? Title { get; set; } } void M(IServiceCollection s, IConfiguration c) => s.Configure<Left>(c.GetSection(\"Shop\"));")]
    public async Task Code_that_leads_back_to_itself_ends(string members) =>
        await AnyCode.RunAsync(AnyCode.Compile([AnyCode.Usings + $"partial class T {{ {members} }}"]), CancellationToken);

    [Fact]
    public async Task A_section_that_a_local_is_given_again_is_read_too()
    {
        var compilation = AnyCode.Compile(
            [AnyCode.Usings + "class T { void M(IConfiguration c) { IConfiguration s = c.GetSection(\"A\"); s = s.GetSection(\"B\"); _ = s[\"N\"]; } }"]);
        var manifest = AnyCode.Generate(compilation, CancellationToken).SyntaxTrees.Last().ToString();
        Assert.Contains(":A:B:N\"", manifest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Made_up_shapes_end(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < FullRun.Times(1, full: 9); run++)
        {
            // One compilation holds many shapes, since making it costs most.
            var sources = Enumerable.Range(0, 60).Select(i => AnyCode.Usings + Shape(random, $"N{i}"));
            await AnyCode.RunAsync(AnyCode.Compile(sources), CancellationToken);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Fixes_of_made_up_shapes_end(int seed)
    {
        var random = new Random(seed);
        var changes = 0;
        for (var run = 0; run < FullRun.Times(1, full: 8); run++)
        {
            changes += await AnyCode.FixAsync([.. Enumerable.Range(0, 60).Select(i => AnyCode.Usings + Shape(random, $"N{i}"))], CancellationToken);
        }

        Assert.True(changes >= 5, $"Only {changes} changes were made up.");
    }

    [Fact]
    public async Task A_sum_of_thousands_of_parts_ends()
    {
        var sum = string.Join(" + ", Enumerable.Range(0, FullRun.Times(5_000, full: 20_000)).Select(i => i % 3 == 0 ? "\"x\"" : "a"));
        await AnyCode.RunAsync(
            AnyCode.Compile([AnyCode.Usings + $"class T {{ string M(string a, IConfiguration c) {{ var password = {sum}; return c[password] + c[{sum}]; }} }}"]), CancellationToken);
    }

    [Theory]
    [InlineData("||")]
    [InlineData("&&")]
    public async Task A_condition_of_thousands_of_parts_ends(string operation)
    {
        var condition = string.Join($" {operation} ", Enumerable.Repeat("a", FullRun.Times(5_000, full: 20_000)));
        await AnyCode.RunAsync(
            AnyCode.Compile([AnyCode.Usings + $"class T {{ void M(bool a, IApplicationBuilder app) {{ if ({condition}) {{ app.UseDeveloperExceptionPage(); }} }} }}"]), CancellationToken);
    }

    [Fact]
    public async Task A_chain_of_hundreds_of_sections_ends()
    {
        var chain = string.Concat(Enumerable.Repeat(".GetSection(\"A\")", FullRun.Times(500, full: 2_000)));
        await AnyCode.RunAsync(AnyCode.Compile([AnyCode.Usings + $"class T {{ string? M(IConfiguration c) {{ var s = c{chain}; return s{chain}[\"N\"]; }} }}"]), CancellationToken);
    }

    [Fact]
    public async Task Constants_that_double_with_each_level_end()
    {
        var texts = string.Concat(Enumerable.Range(0, 40).Select(i =>
            $"static string S{i} => $\"{string.Concat(Enumerable.Repeat($"{{S{i + 1}}}", 8))}\"; static bool F{i} => {string.Join(" || ", Enumerable.Repeat($"F{i + 1}", 40))};\n"));
        await AnyCode.RunAsync(
            AnyCode.Compile([AnyCode.Usings + $"class T {{ {texts} static string S40 => \"x\"; static bool F40 => false; " +
                "void M(IConfiguration c, IApplicationBuilder app) { _ = c[S0]; if (F0) { app.UseDeveloperExceptionPage(); } } }"]), CancellationToken);
    }

    /// <summary>A class whose members refer to one another at random, not always in code that compiles.</summary>
    private static string Shape(Random random, string space)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"namespace {space};\n");
        var members = random.Next(2, 7);
        foreach (var part in Enumerable.Range(0, random.Next(1, 3)))
        {
            text.Append(CultureInfo.InvariantCulture, $"public partial class T\n{{\n");
            for (var i = part * members; i < (part + 1) * members; i++)
            {
                text.Append(random.Next(8) switch
                {
                    0 => $"    IConfiguration m{i} = {Section(random, members)};\n",
                    1 => $"    IConfiguration m{i} => {Section(random, members)};\n",
                    2 => $"    string m{i} => {Text(random, members)};\n",
                    3 => $"    static readonly string m{i} = {Text(random, members)};\n",
                    4 => $"    bool m{i} => {Flag(random, members)};\n",
                    5 => $"    IConfiguration m{i}(IConfiguration c) {{ c = {Section(random, members)}; m{random.Next(members)} = c; return m{random.Next(members)}(c); }}\n",
                    6 => $"    void m{i}(IConfiguration c, IHostEnvironment e, IApplicationBuilder app) {{ {Body(random, members)} }}\n",
                    _ => $"    class O{i} : O{random.Next(members)} {{ public O{random.Next(members)}? P {{ get; set; }} = {Text(random, members)}; }}\n",
                });
            }

            text.Append("}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"public static class E {{ public static IConfiguration X(this IConfiguration c) => c.X().GetSection(\"X\"); " +
            $"public static void Y(this IServiceCollection s, IConfiguration c) {{ s.Y(c.X()); s.Configure<T.O{random.Next(members)}>({Section(random, members)}); }} }}\n");
        return text.ToString();
    }

    private static string Body(Random random, int members) => string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(9) switch
    {
        0 => $"var s{random.Next(3)} = {Section(random, members)}; ",
        1 => $"s{random.Next(3)} = {Section(random, members)}; ",
        2 => $"c = {Section(random, members)}; ",
        3 => $"_ = ({Section(random, members)})[{Text(random, members)}]; ",
        4 => $"var n{random.Next(3)} = ({Text(random, members)} ?? n{random.Next(3)}); ",
        5 => $"_ = n{random.Next(3)} == \"Prodution\" || {Flag(random, members)}; ",
        6 => $"if ({Flag(random, members)}) {{ app.UseDeveloperExceptionPage(); }} ",
        7 => $"m{random.Next(members)}({Section(random, members)}, e, app); ",
        _ => $"var password = {Text(random, members)}; Console.WriteLine(password); ",
    }));

    private static string Section(Random random, int members, int depth = 0) => (depth > 3 ? 0 : random.Next(9)) switch
    {
        0 => "c",
        1 => $"m{random.Next(members)}",
        2 => $"s{random.Next(3)}",
        3 => $"({Section(random, members, depth + 1)})",
        4 => $"({Section(random, members, depth + 1)} ?? {Section(random, members, depth + 1)})",
        5 => $"{Section(random, members, depth + 1)}.X()",
        6 => $"{Section(random, members, depth + 1)}?.GetSection({Text(random, members)})",
        _ => $"{Section(random, members, depth + 1)}.GetSection({Text(random, members)})",
    };

    private static string Text(Random random, int members, int depth = 0) => (depth > 2 ? 0 : random.Next(7)) switch
    {
        0 => "\"A\"",
        1 => $"m{random.Next(members)}",
        2 => $"n{random.Next(3)}",
        3 => $"{Text(random, members, depth + 1)} + {Text(random, members, depth + 1)}",
        4 => $"$\"{{{Text(random, members, depth + 1)}}}:{{m{random.Next(members)}}}\"",
        5 => $"({Text(random, members, depth + 1)} ?? e.EnvironmentName)",
        _ => $"nameof(m{random.Next(members)})",
    };

    private static string Flag(Random random, int members, int depth = 0) => (depth > 2 ? 0 : random.Next(7)) switch
    {
        0 => $"m{random.Next(members)}",
        1 => $"!{Flag(random, members, depth + 1)}",
        2 => $"({Flag(random, members, depth + 1)} || {Flag(random, members, depth + 1)})",
        3 => $"({Flag(random, members, depth + 1)} && e.IsDevelopment())",
        4 => $"m{random.Next(members)}()",
        5 => $"n{random.Next(3)} == {Text(random, members)}",
        _ => $"(m{random.Next(members)} == true)",
    };
}
