using Deployment.Toolkit.Environments;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Tests.Environments;

public sealed class EnvironmentGraphTests
{
    [Fact]
    public void Every_fault_is_said_at_once()
    {
        var graph = new EnvironmentGraph();
        new EnvironmentsBuilder(graph)
            .Add("Development")
            .Add("Staging", static s => s.PromotedFrom("Developmnt"))
            .Add("staging")
            .Add("A", static a => a.PromotedFrom("C"))
            .Add("B", static b => b.PromotedFrom("A"))
            .Add("C", static c => c.PromotedFrom("B"))
            .Add("no/name")
            .Add("Self", static s => s.InheritsFrom("self"));

        var texts = graph.Validate().Select(static message => message.ToString()).ToList();

        Assert.Equal(5, texts.Count);
        Assert.Contains(
            "Environment 'Staging' is promoted from 'Developmnt', which is not declared. Did you mean 'Development'? Declare it with .Add(\"Developmnt\") or correct PromotedFrom. [DTK2005]", texts);
        Assert.Contains(texts, static text => text.Contains("A ← C ← B ← A", StringComparison.Ordinal));
        Assert.Contains(texts, static text => text.Contains("Self ← Self", StringComparison.Ordinal));
    }

    [Fact]
    public void A_chain_that_leads_into_a_circle_ends()
    {
        var graph = new EnvironmentGraph();
        new EnvironmentsBuilder(graph).Add("A", static a => a.PromotedFrom("B")).Add("B", static b => b.PromotedFrom("C")).Add("C", static c => c.PromotedFrom("B"));

        Assert.Single(graph.Validate());
    }

    [Fact]
    public async Task A_host_in_an_environment_that_is_not_declared_does_not_start()
    {
        using var app = new TestApp();
        using var host = app.Build("Prodution");

        var exception = await Assert.ThrowsAsync<DeploymentException>(() => host.StartAsync(CancellationToken.None));

        Assert.Contains("Did you mean 'Production'?", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_case_of_the_name_is_the_same_environment()
    {
        using var app = TestApp.WithMigrations();

        var result = await app.UpAsync(environment: "DEVELOPMENT");

        Assert.Equal((DeploymentOutcome.Succeeded, "Development"), (result.Outcome, result.Environment));
    }

    [Theory]
    [InlineData("production")]
    [InlineData("Production")]
    public void The_file_of_the_declared_spelling_is_read_and_the_inherited_one_lies_below(string typed)
    {
        var folder = Directory.CreateTempSubdirectory("dtk-layers-").FullName;
        File.WriteAllText(Path.Combine(folder, "appsettings.Production.json"), """{ "A": "own" }""");
        File.WriteAllText(Path.Combine(folder, "appsettings.Base.json"), """{ "A": "inherited", "B": "inherited" }""");
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = folder, EnvironmentName = typed });

        builder.AddDeployment().AddEnvironments(static e => e.Add("Base").Add("Production", static p => p.InheritsFrom("Base")));

        Assert.Equal(("Production", "own", "inherited"), (builder.Environment.EnvironmentName, builder.Configuration["A"], builder.Configuration["B"]));
        Directory.Delete(folder, recursive: true);
    }
}
