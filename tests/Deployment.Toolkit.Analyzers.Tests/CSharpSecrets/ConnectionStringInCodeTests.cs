using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>DTK3003 in code; each text is reported once, and as nothing else beside.</summary>
public sealed class ConnectionStringInCodeTests
{
    [Theory]
    [InlineData("builder.Services.AddDbContext<Db>(o => o.UseSqlServer({|DTK3003:\"Server=db.example;User Id=app;Password=Winter2024!\"|}));")]
    [InlineData("var host = args[0];\n_ = {|DTK3003:$\"Host={host};Username=app;Password=Winter2024!\"|};")]
    [InlineData("_ = {|DTK3003:\"Host=\" + args[0] + \";Username=app;Password=Winter2024!\"|};")]
    [InlineData("const string ending = \"Winter2024!\";\n_ = {|DTK3003:$\"Host=db;Username=app;Password={ending}\"|};")]
    [InlineData("_ = {|DTK3003:\"amqp://app:Winter2024@queue.internal.net/\"|};")]
    [InlineData("_ = {|DTK3003:\"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3A=\"|};")]
    [InlineData("_ = {|DTK3003:$\"Server={args[0]};User Id=app;Password=Winter2024!\" + \";Encrypt=true\"|};")]
    public async Task A_connection_string_with_a_password_is_reported_as_a_whole(string statements)
    {
        await RuleTest.ReportsInProgram<ConnectionStringAnalyzer>(statements);
        await RuleTest.ReportsInProgram<SecretLiteralAnalyzer>(statements.Replace("{|DTK3003:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("_ = $\"Host=db;Username=app;Password={args[0]}\";")]
    [InlineData("_ = \"Host=db;Username=app;Password=\" + args[0];")]
    [InlineData("const string password = \"Winter2024!\";\n_ = $\"Host=db;Username=app;Password={password}\";")]
    [InlineData("if (builder.Environment.IsDevelopment()) { _ = \"Host=db;Username=app;Password=Winter2024!\"; }")]
    [InlineData("_ = \"Host=localhost;Username=postgres;Password=postgres\";")]
    public Task What_holds_no_password_or_runs_in_development_is_silent(string statements) =>
        RuleTest.ReportsInProgram<ConnectionStringAnalyzer>(statements);

    [Fact]
    public Task A_file_among_tests_is_silent()
    {
        var test = new CSharpAnalyzerTest<ConnectionStringAnalyzer>();
        test.TestState.Sources.Add(("/0/tests/Api.cs", "class Api { const string Db = \"Host=db;Username=app;Password=Winter2024!\"; }"));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
