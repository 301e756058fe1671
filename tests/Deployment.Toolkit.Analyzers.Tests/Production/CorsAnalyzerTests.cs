using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class CorsAnalyzerTests
{
    [Theory]
    [InlineData("builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.{|DTK4003:AllowAnyOrigin|}()));")]
    [InlineData("builder.Services.AddCors(o => o.AddPolicy(\"open\", p => p.AllowAnyHeader().{|DTK4003:SetIsOriginAllowed|}(_ => true).AllowCredentials()));")]
    [InlineData("builder.Services.AddCors(o => o.AddPolicy(\"open\", p => { p.{|DTK4003:SetIsOriginAllowed|}(origin => { return true; }); }));")]
    [InlineData("builder.Services.AddCors(o => o.AddPolicy(\"open\", p => p.{|DTK4003:SetIsOriginAllowed|}(Any)));\nstatic bool Any(string origin) => true;")]
    [InlineData("builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.WithOrigins({|DTK4003:\"*\"|})));")]
    [InlineData("builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.WithOrigins(\"https://shop.example\", {|DTK4003:\"http://localhost:3000\"|})));")]
    [InlineData("const string dev = \"https://localhost:5001\";\nbuilder.Services.AddCors(o => o.AddDefaultPolicy(p => p.WithOrigins({|DTK4003:dev|})));")]
    [InlineData("builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.WithOrigins(new[] { {|DTK4003:\"http://127.0.0.1:4200\"|} })));")]
    [InlineData("builder.Services.AddCors();\nvar app = builder.Build();\napp.UseCors(p => p.{|DTK4003:AllowAnyOrigin|}().AllowAnyMethod());")]
    [InlineData("builder.Services.AddCors(o => o.AddPolicy(\"open\", p => p.{|DTK4003:AllowAnyOrigin|}()));\nvar app = builder.Build();\nif (app.Environment.IsDevelopment()) app.UseCors(\"open\"); else app.UseCors(\"open\");")]
    [InlineData("_ = new Microsoft.AspNetCore.Cors.Infrastructure.CorsPolicy { {|DTK4003:IsOriginAllowed|} = _ => true };")]
    public Task An_open_policy_is_reported(string statements) => RuleTest.ReportsInProgram<CorsAnalyzer>(statements);

    [Theory]
    [InlineData("if (builder.Environment.IsDevelopment()) builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.AllowAnyOrigin()));")]
    [InlineData("builder.Services.AddCors(o => { if (builder.Environment.IsDevelopment()) o.AddDefaultPolicy(p => p.AllowAnyOrigin()); });")]
    [InlineData("builder.Services.AddCors(o => o.AddPolicy(\"open\", p => p.AllowAnyOrigin()));\nvar app = builder.Build();\nif (app.Environment.IsDevelopment()) app.UseCors(\"open\");")]
    [InlineData("builder.Services.AddCors(o => o.AddPolicy(\"Development\", p => p.AllowAnyOrigin()));")]
    [InlineData("builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.WithOrigins(\"https://shop.example\", \"https://*.shop.example\")));")]
    [InlineData("builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.WithOrigins(builder.Configuration[\"Origin\"] ?? \"\")));")]
    [InlineData("builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.SetIsOriginAllowed(origin => origin == \"https://shop.example\").AllowCredentials()));")]
    [InlineData("builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.SetIsOriginAllowed(_ => builder.Environment.IsDevelopment())));")]
    [InlineData("builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.AllowAnyHeader().AllowAnyMethod().SetIsOriginAllowedToAllowWildcardSubdomains()));")]
    [InlineData("new Own().AllowAnyOrigin();\nnew Own().WithOrigins(\"*\");", "public class Own { public void AllowAnyOrigin() { } public void WithOrigins(string o) { } }")]
    public Task A_policy_of_development_or_of_named_origins_is_silent(string statements, string rest = "") =>
        RuleTest.ReportsInProgram<CorsAnalyzer>(statements, rest);

    [Fact]
    public Task The_message_tells_of_credentials() => RuleTest.Expects<CorsAnalyzer>(
        RuleTest.Program("builder.Services.AddCors(o => o.AddDefaultPolicy(p => p.{|#0:SetIsOriginAllowed|}(_ => true).AllowCredentials()));"),
        new DiagnosticResult(Rules.OpenCors).WithLocation(0).WithMessage(
            "'SetIsOriginAllowed' lets every site call this app as the visitor, with credentials, in production too. Name the origins with WithOrigins, or guard it with IsDevelopment()."));
}
