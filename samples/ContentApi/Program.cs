using ContentApi;
using ContentApi.Content;
using ContentApi.Deployment;
using ContentApi.Health;
using Deployment.Toolkit;

SQLitePCL.Batteries_V2.Init();

var builder = WebApplication.CreateBuilder(Startup.InContentRoot(args));

builder
    .AddDeployment()
    .AddEnvironments(e =>
        e.Add("Development")
            .Add("Staging", s => s.PromotedFrom("Development"))
            .Add("Production", p => p.PromotedFrom("Staging").Protected())
    )
    .AddSealedSecrets(s => s.Root("dtk1:Development:Mbe2SUsm1fQ0MXe2KNPNq7EGUu_f7pLLwlP53iJNdSM"))
    .AddValidatedOptions<ContentOptions>(
        "Content",
        o =>
            o.Must(c => c.QualityThreshold > 0, "QualityThreshold is 0, so that no content would ever be doubtful", c => c.QualityThreshold)
                .WhenProtected(p =>
                    p.Require(c => c.Provider.ApiKey)
                        .Must(
                            c => c.QualityThreshold >= 0.7,
                            "QualityThreshold is below 0.7, the least that readers are promised",
                            c => c.QualityThreshold
                        )
                )
    )
    .UseContentDatabase(builder.Configuration)
    .AddMigrations()
    .AddHealthGate(h => h.RequireTag("ready").WaitAtMost = TimeSpan.FromSeconds(3))
    .AddStep<WarmUpCache>();

// After the environments: before them the settings may still be those of a name typed differently.
builder.KeepDatabaseInContentRoot();

builder.Services.AddSingleton<ContentDatabase>();
builder.Services.AddSingleton<ContentCache>();
builder.Services.AddSingleton<IContentProvider, TemplateProvider>();
builder.Services.AddProblemDetails();
builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = false);
builder
    .Services.AddHealthChecks()
    .AddCheck<DatabaseCheck>("database", tags: ["ready"])
    .AddCheck<GenerationCheck>("content generation", tags: ["ready"])
    .AddCheck<ProviderEndpointCheck>("provider endpoint", tags: ["ready"]);

var app = builder.Build();

app.UseStatusCodePages();
app.MapHealthChecks("/health");
app.MapUsers();
app.MapTemplates();
app.MapContent();
app.MapQuality();

return await app.RunDeploymentAsync(args);
