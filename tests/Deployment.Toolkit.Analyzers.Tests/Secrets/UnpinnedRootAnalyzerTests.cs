using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class UnpinnedRootAnalyzerTests
{
    private const string Pin = "dtk1:Development:Mbe2SUsm1fQ0MXe2KNPNq7EGUu_f7pLLwlP53iJNdSM";

    // Of a later header, as where a recipient left.
    private const string Newer = "dtk1:development:Qx2mT7vKp0LzYhN3sWcB9gRfJ5dEa1uXo8ViMk6qZt4";

    private static readonly string s_file = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Coverage", "Mended", "Shop.Web", "secrets.Development.json"));

    [Theory]
    [InlineData("d.{|DTK3007:AddSealedSecrets|}()", "d.AddSealedSecrets(s => s.Root(\"" + Pin + "\"))")]
    [InlineData(
        "d.{|DTK3007:AddSealedSecrets|}(o => o.Root(\"dtk1:Staging:x\"))", "d.AddSealedSecrets(o => o.Root(\"dtk1:Staging:x\").Root(\"" + Pin + "\"))")]
    [InlineData("d.{|DTK3007:AddSealedSecrets|}(o => o.AllowFallback = true)", "d.AddSealedSecrets(o => { o.AllowFallback = true; o.Root(\"" + Pin + "\"); })")]
    [InlineData(
        "d.{|DTK3007:AddSealedSecrets|}(o => { o.AllowFallback = Other.IsFine(); })", "d.AddSealedSecrets(o => { o.AllowFallback = Other.IsFine(); o.Root(\"" + Pin + "\"); })")]
    public async Task The_fix_pins_what_the_file_says(string call, string mended)
    {
        var test = new CSharpCodeFixTest<UnpinnedRootAnalyzer, PinRootCodeFix>();
        Prepare(test.TestState, call, s_file);
        test.FixedState.Sources.Add(Code(mended));
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("d.AddSealedSecrets(s => s.Root(\"" + Pin + "\"))")]
    [InlineData("d.AddSealedSecrets(s => s.Root(Known))")]
    [InlineData("d.AddSealedSecrets(s => s.Root(Environment.MachineName))")]
    [InlineData("d.AddSealedSecrets(s => s.Root(fingerprint: \"" + Newer + "\"))")]
    [InlineData("d.AddSealedSecrets(configure)")]
    [InlineData("d.AddSealedSecrets(s => configure(s))")]
    [InlineData("d.AddSealedSecrets(s => s.Pins())")]
    [InlineData("d.AddSealedSecrets(s => Other.Pins(s))")]
    [InlineData("d.AddSealedSecrets(s => { s.AllowFallback = true; s.Root(\"dtk1:Staging:x\").Pins(); })")]
    [InlineData("d.AddSealedSecrets().AddSealedSecrets(s => s.Root(\"" + Pin + "\"))")]
    [InlineData("Other.AddSealedSecrets()")]
    public Task A_pin_or_what_cannot_be_seen_is_silent(string call) => VerifyAsync(call, s_file);

    [Fact]
    public async Task A_file_that_cannot_be_read_is_silent()
    {
        await VerifyAsync("d.AddSealedSecrets()", s_file[..^20]);
        await VerifyAsync("d.AddSealedSecrets()", s_file.Replace("secrets/2", "secrets/3", StringComparison.Ordinal));
        await VerifyAsync("d.AddSealedSecrets()", s_file.Replace("\"commitment\": \"", "\"commitment\": \"!", StringComparison.Ordinal));
        await VerifyAsync("d.AddSealedSecrets()", s_file.Replace("\"Development\"", "\"Staging\"", StringComparison.Ordinal));
        await VerifyAsync("d.AddSealedSecrets()", """{ "Password": "x" }""");
        await VerifyAsync("d.AddSealedSecrets()", "// sealed\n" + s_file);
        await VerifyAsync("d.AddSealedSecrets()", s_file.Replace("\"headers\": [", "\"headers\": 5, \"others\": [", StringComparison.Ordinal));
        await VerifyAsync("d.AddSealedSecrets()", s_file.Replace("\"added\": [", "\"added\": 5, \"others\": [", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pin_in_another_file_counts()
    {
        var test = new CSharpAnalyzerTest<UnpinnedRootAnalyzer>();
        Prepare(test.TestState, "d.AddSealedSecrets()", s_file);
        test.TestState.Sources.Add($"public static class Pins {{ public static void Add(Deployment.Toolkit.SealedSecretsOptions o) => o.Root(\"{Pin}\"); }}");
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_root_of_something_else_is_none()
    {
        await VerifyAsync("Other.Root(d.{|DTK3007:AddSealedSecrets|}())", s_file);
    }

    [Fact]
    public async Task The_pin_of_another_environment_is_none()
    {
        await VerifyAsync("d.{|DTK3007:AddSealedSecrets|}(s => s.Root(\"dtk1:Production:x\"))", s_file);
    }

    private static Task VerifyAsync(string call, string file)
    {
        var test = new CSharpAnalyzerTest<UnpinnedRootAnalyzer>();
        Prepare(test.TestState, call, file);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    private static void Prepare(SolutionState state, string call, string file)
    {
        state.Sources.Add(Code(call));
        state.AdditionalReferences.Add(DeploymentApi.Reference);
        state.AdditionalFiles.Add(("/0/secrets.Development.json", file));
    }

    private static string Code(string call) =>
        $$"""
        using System;
        using Deployment.Toolkit;

        public static class Startup
        {
            private const string Known = "{{Pin}}";

            public static object Add(DeploymentBuilder d, Action<SealedSecretsOptions> configure) => {{call}};
        }

        public static class Other
        {
            public static bool IsFine() => true;

            public static object AddSealedSecrets() => "";

            public static void Pins(this SealedSecretsOptions o) => o.AllowFallback = false;

            public static object Root(object of) => of;
        }
        """;
}
