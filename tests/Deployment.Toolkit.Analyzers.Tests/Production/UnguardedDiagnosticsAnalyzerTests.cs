using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class UnguardedDiagnosticsAnalyzerTests
{
    private const string App = "var app = builder.Build();\n";

    [Theory]
    [InlineData(App + "app.{|DTK4001:UseDeveloperExceptionPage|}();")]
    [InlineData(App + "if (app.Environment.IsProduction()) app.{|DTK4001:UseDeveloperExceptionPage|}();")]
    [InlineData(App + "if (args.Length > 0) app.{|DTK4001:UseDeveloperExceptionPage|}();")]
    [InlineData(App + "if (app.Environment.IsDevelopment()) { } else { app.{|DTK4001:UseDeveloperExceptionPage|}(); }")]
    [InlineData(App + "if (app.Environment.IsDevelopment() || args.Length > 0) { app.{|DTK4001:UseDeveloperExceptionPage|}(); }")]
    [InlineData(App + "if (app.Environment.EnvironmentName != \"Development\") app.{|DTK4001:UseDeveloperExceptionPage|}();")]
    [InlineData("builder.Services.AddDbContext<Db>(o => o.UseSqlServer(\"\").{|DTK4001:EnableSensitiveDataLogging|}().{|DTK4001:EnableDetailedErrors|}(true));")]
    [InlineData("{|DTK4001:Microsoft.IdentityModel.Logging.IdentityModelEventSource.ShowPII = true|};")]
    [InlineData("builder.Services.AddSignalR(o => {|DTK4001:o.EnableDetailedErrors = true|});")]
    [InlineData("builder.Services.Configure<Grpc.AspNetCore.Server.GrpcServiceOptions>(o => { {|DTK4001:o.EnableDetailedErrors = true|}; });")]
    [InlineData("builder.Services.AddServerSideBlazor(o => {|DTK4001:o.DetailedErrors = true|});")]
    [InlineData("_ = new Npgsql.NpgsqlConnectionStringBuilder { {|DTK4001:IncludeErrorDetail = true|} };")]
    [InlineData("builder.WebHost.{|DTK4001:CaptureStartupErrors|}(true).{|DTK4001:UseSetting|}(WebHostDefaults.DetailedErrorsKey, \"true\");")]
    public Task What_shows_details_everywhere_is_reported(string statements) => RuleTest.ReportsInProgram<UnguardedDiagnosticsAnalyzer>(statements);

    [Theory]
    [InlineData(App + "if (app.Environment.IsDevelopment()) { app.UseDeveloperExceptionPage(); }")]
    [InlineData(App + "if (!app.Environment.IsProduction()) app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (app.Environment.IsProduction()) { } else app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (!app.Environment.IsDevelopment()) { app.UseHsts(); return; }\napp.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (app.Environment.IsDevelopment() && args.Length > 0) app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (app.Environment.IsDevelopment() || app.Environment.IsStaging()) app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (app.Environment.EnvironmentName == \"Development\") app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (app.Environment.EnvironmentName is \"Development\" or \"Local\") app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (string.Equals(app.Environment.EnvironmentName, Environments.Development, StringComparison.OrdinalIgnoreCase)) app.UseDeveloperExceptionPage();")]
    [InlineData(App + "if (Environment.GetEnvironmentVariable(\"ASPNETCORE_ENVIRONMENT\") == \"Development\") app.UseDeveloperExceptionPage();")]
    [InlineData(App + "var lenient = app.Environment.IsDevelopment();\nif (lenient) app.UseDeveloperExceptionPage();")]
    [InlineData(App + "switch (app.Environment.EnvironmentName) { case \"Development\": app.UseDeveloperExceptionPage(); break; }")]
    [InlineData(App + "_ = app.Environment.IsDevelopment() ? app.UseDeveloperExceptionPage() : app.UseExceptionHandler();")]
    [InlineData(App + "if (Lenient(app.Environment)) app.UseDeveloperExceptionPage();", "public static partial class Program { static bool Lenient(IHostEnvironment e) => !e.IsEnvironment(\"Production\"); }")]
    [InlineData(App + "if (app.Environment.IsDevelopment()) Pages(app);", "public static partial class Program { static void Pages(IApplicationBuilder a) => a.UseDeveloperExceptionPage(); }")]
    [InlineData("", "public class Startup { public void ConfigureDevelopment(IApplicationBuilder a) => a.UseDeveloperExceptionPage(); }")]
    [InlineData("", "public class StartupDevelopment { public void Configure(IApplicationBuilder a) => a.UseDeveloperExceptionPage(); }")]
    [InlineData("", "public class Factory : Microsoft.EntityFrameworkCore.Design.IDesignTimeDbContextFactory<Db> { public Db CreateDbContext(string[] a) { new DbContextOptionsBuilder().EnableSensitiveDataLogging(); return new(); } }")]
    [InlineData("if (builder.Configuration.GetValue<bool>(\"Ef:LogSensitiveData\")) builder.Services.AddDbContext<Db>(o => o.EnableSensitiveDataLogging());")]
    [InlineData("builder.Services.AddDbContext<Db>(o => o.EnableSensitiveDataLogging(builder.Environment.IsDevelopment()).EnableDetailedErrors(false));")]
    [InlineData("if (builder.Environment.IsDevelopment()) { builder.Services.AddDbContext<Db>((p, o) => { o.EnableSensitiveDataLogging(); }); }")]
    [InlineData("builder.Services.AddSignalR(o => o.EnableDetailedErrors = builder.Environment.IsDevelopment());")]
    [InlineData("#if DEBUG\n#else\n#endif\n#if !DEBUG\n#else\nbuilder.Services.AddSignalR(o => o.EnableDetailedErrors = true);\n#endif")]
    [InlineData("new Own().EnableDetailedErrors = true; new Own().UseDeveloperExceptionPage();", "public class Own { public bool EnableDetailedErrors; public void UseDeveloperExceptionPage() { } }")]
    [InlineData("builder.WebHost.CaptureStartupErrors(false).UseSetting(WebHostDefaults.ApplicationKey, \"true\");")]
    public Task What_a_check_or_a_switch_guards_is_silent(string statements, string rest = "") =>
        RuleTest.ReportsInProgram<UnguardedDiagnosticsAnalyzer>(statements, rest);

    [Fact]
    public Task A_helper_that_also_runs_in_production_is_reported() => RuleTest.ReportsInProgram<UnguardedDiagnosticsAnalyzer>(
        App + "if (app.Environment.IsDevelopment()) Pages(app);\nPages(app);",
        "public static partial class Program { static void Pages(IApplicationBuilder a) => a.{|DTK4001:UseDeveloperExceptionPage|}(); }");

    [Fact]
    public Task A_test_project_is_silent() => RuleTest.Reports<UnguardedDiagnosticsAnalyzer>(
        RuleTest.Program(App + "app.UseDeveloperExceptionPage();"), LibraryApi.Assembly("xunit.v3.core"));

    [Fact]
    public Task The_fix_guards_with_whatever_knows_the_environment() => RuleTest.Fixes<UnguardedDiagnosticsAnalyzer, GuardDiagnosticsCodeFix>(
        RuleTest.Program(
            """
            builder.Services.AddDbContext<Db>(o => o.UseSqlServer("").{|DTK4001:EnableSensitiveDataLogging|}().{|DTK4001:EnableDetailedErrors|}(true));
            builder.Services.AddSignalR(o => {|DTK4001:o.EnableDetailedErrors = true|});
            var app = builder.Build();

            // Nice pages.
            app.{|DTK4001:UseDeveloperExceptionPage|}();
            """),
        RuleTest.Program(
            """
            builder.Services.AddDbContext<Db>(o => o.UseSqlServer("").EnableSensitiveDataLogging(builder.Environment.IsDevelopment()).EnableDetailedErrors(builder.Environment.IsDevelopment()));
            builder.Services.AddSignalR(o => o.EnableDetailedErrors = builder.Environment.IsDevelopment());
            var app = builder.Build();

            // Nice pages.
            if (app.Environment.IsDevelopment())
            {
                app.UseDeveloperExceptionPage();
            }
            """));

    [Fact]
    public Task No_fix_is_offered_where_nothing_knows_the_environment() => RuleTest.Fixes<UnguardedDiagnosticsAnalyzer, GuardDiagnosticsCodeFix>(
        "public class Startup { public void Configure(IApplicationBuilder app) => app.{|DTK4001:UseDeveloperExceptionPage|}(); }", null);

    [Fact]
    public async Task The_fix_imports_what_it_needs_once()
    {
        const string Before =
            """
            // Starts.
            using Microsoft.AspNetCore.Builder;
            using Microsoft.Extensions.Options;

            public class Startup
            {
                public void Configure(IApplicationBuilder app, Microsoft.AspNetCore.Hosting.IWebHostEnvironment env)
                {
                    app.{|DTK4001:UseDeveloperExceptionPage|}();
                    app.{|DTK4001:UseDeveloperExceptionPage|}(new DeveloperExceptionPageOptions());
                }
            }
            """;
        const string After =
            """
            // Starts.
            using Microsoft.AspNetCore.Builder;
            using Microsoft.Extensions.Hosting;
            using Microsoft.Extensions.Options;

            public class Startup
            {
                public void Configure(IApplicationBuilder app, Microsoft.AspNetCore.Hosting.IWebHostEnvironment env)
                {
                    if (env.IsDevelopment())
                    {
                        app.UseDeveloperExceptionPage();
                    }
                    if (env.IsDevelopment())
                    {
                        app.UseDeveloperExceptionPage(new DeveloperExceptionPageOptions());
                    }
                }
            }
            """;
        await new CSharpCodeFixTest<UnguardedDiagnosticsAnalyzer, GuardDiagnosticsCodeFix> { TestCode = Before, FixedCode = After }
            .RunAsync(TestContext.Current.CancellationToken);
    }
}
