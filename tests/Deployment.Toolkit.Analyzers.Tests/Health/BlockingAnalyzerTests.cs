namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class BlockingAnalyzerTests
{
    [Theory]
    [InlineData("var r = client.GetAsync(\"/\", token).{|DTK6002:Result|}; return Task.FromResult(Ok);")]
    [InlineData("client.GetAsync(\"/\", token).{|DTK6002:Wait|}(); return Task.FromResult(Ok);")]
    [InlineData("client.GetAsync(\"/\", token).GetAwaiter().{|DTK6002:GetResult|}(); return Task.FromResult(Ok);")]
    [InlineData("client.GetAsync(\"/\", token).ConfigureAwait(false).GetAwaiter().{|DTK6002:GetResult|}(); return Task.FromResult(Ok);")]
    [InlineData("token.ThrowIfCancellationRequested(); Thread.{|DTK6002:Sleep|}(10); return Task.FromResult(Ok);")]
    public Task A_check_that_blocks_is_reported(string body) => RuleTest.Reports<BlockingAnalyzer>(Check(body, "token"));

    [Theory]
    [InlineData("await client.GetAsync(\"/\"); return Ok;")]
    [InlineData("await Task.Delay(10); return Ok;")]
    [InlineData("await Task.Yield(); using System.Data.Common.DbConnection db = null!; db.Open(); return Ok;")]
    public Task A_check_that_ignores_its_token_is_reported(string body) => RuleTest.Reports<BlockingAnalyzer>(Check(body, "{|DTK6002:token|}", "async "));

    [Theory]
    [InlineData("await client.GetAsync(\"/\", token); return Ok;")]
    [InlineData("var a = client.GetAsync(\"/\", token); var b = client.GetAsync(\"/\", token); await Task.WhenAll(a, b); return a.Result.IsSuccessStatusCode ? Ok : b.Result.IsSuccessStatusCode ? Ok : Ok;")]
    [InlineData("await Task.Yield(); return Ok;")]
    [InlineData("await Task.Yield(); System.IO.File.ReadAllText(\"x\"); return Ok;")]
    [InlineData("using var linked = CancellationTokenSource.CreateLinkedTokenSource(token); await client.GetAsync(\"/\", linked.Token); return Ok;")]
    [InlineData("await Task.CompletedTask; var own = new Own(); own.Wait(); _ = own.Result; return Ok;")]
    public Task A_check_that_awaits_with_its_token_is_silent(string body) => RuleTest.Reports<BlockingAnalyzer>(Check(body, "token", "async "));

    [Fact]
    public Task A_step_is_held_to_the_same() => RuleTest.Reports<BlockingAnalyzer>(
        """
        using Deployment.Toolkit;

        public class Announce(HttpClient client) : DeploymentStep
        {
            public override string Name => "announce";
            public override async Task ExecuteAsync(StepContext context, CancellationToken {|DTK6002:cancellationToken|}) => await client.GetAsync("/");
            public override Task RevertAsync(StepContext context, CancellationToken cancellationToken) { client.GetAsync("/").{|DTK6002:Wait|}(); return Task.CompletedTask; }
        }

        public class Other(HttpClient client)
        {
            public async Task ExecuteAsync(CancellationToken cancellationToken) => await client.GetAsync("/");
            public void Wait() => client.GetAsync("/").Wait();
        }
        """);

    private static string Check(string body, string token, string modifier = "") =>
        $$"""
        using Microsoft.Extensions.Diagnostics.HealthChecks;

        public class Own { public void Wait() { } public int Result => 0; }

        public class Check(HttpClient client) : IHealthCheck
        {
            private static readonly HealthCheckResult Ok = HealthCheckResult.Healthy();

            public {{modifier}}Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken {{token}} = default)
            {
                {{body}}
            }
        }
        """;
}
