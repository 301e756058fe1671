namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class TransportAnalyzerTests
{
    [Theory]
    [InlineData("_ = new HttpClientHandler { {|DTK4006:ServerCertificateCustomValidationCallback = (m, c, ch, e) => true|} };")]
    [InlineData("var h = new HttpClientHandler();\n{|DTK4006:h.ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator|};")]
    [InlineData("builder.Services.AddHttpClient(\"x\").ConfigurePrimaryHttpMessageHandler(() => new HttpClientHandler { {|DTK4006:ServerCertificateCustomValidationCallback = delegate { return true; }|} });")]
    [InlineData("_ = new System.Net.Security.SslClientAuthenticationOptions { {|DTK4006:RemoteCertificateValidationCallback = Accept|} };\nstatic bool Accept(object s, object? c, object? ch, System.Net.Security.SslPolicyErrors e) { return true; }")]
    [InlineData("_ = new System.Net.Security.SslStream(System.IO.Stream.Null, false, {|DTK4006:(s, c, ch, e) => true|});")]
    [InlineData("builder.Services.Configure<Microsoft.AspNetCore.Authentication.JwtBearer.JwtBearerOptions>(o => {|DTK4006:o.RequireHttpsMetadata = false|});")]
    [InlineData("_ = new Microsoft.Data.SqlClient.SqlConnectionStringBuilder { DataSource = \"db.example\", {|DTK4006:TrustServerCertificate = true|} };")]
    [InlineData("_ = new Npgsql.NpgsqlConnectionStringBuilder { {|DTK4006:SslMode = Npgsql.SslMode.Disable|} };")]
    [InlineData("var c = new Npgsql.NpgsqlConnectionStringBuilder();\n{|DTK4006:c.SslMode = Npgsql.SslMode.Prefer|};")]
    [InlineData("builder.Services.AddDbContext<Db>(o => o.UseSqlServer({|DTK4006:\"Server=db.example;Database=x;Integrated Security=true;TrustServerCertificate=True\"|}));")]
    [InlineData("var host = args[0];\n_ = {|DTK4006:$\"Host={host};Database=x;SSL Mode=Disable\"|};")]
    [InlineData("if (args.Length > 0) _ = new HttpClientHandler { {|DTK4006:ServerCertificateCustomValidationCallback = (m, c, ch, e) => true|} };")]
    public Task What_checks_or_encrypts_nothing_is_reported(string statements) => RuleTest.ReportsInProgram<TransportAnalyzer>(statements);

    [Theory]
    [InlineData("if (builder.Environment.IsDevelopment()) _ = new HttpClientHandler { ServerCertificateCustomValidationCallback = (m, c, ch, e) => true };")]
    [InlineData("_ = new HttpClientHandler { ServerCertificateCustomValidationCallback = (m, c, ch, e) => e == System.Net.Security.SslPolicyErrors.None };")]
    [InlineData("_ = new HttpClientHandler { ServerCertificateCustomValidationCallback = (m, c, ch, e) => builder.Environment.IsDevelopment() };")]
    [InlineData("_ = new HttpClientHandler { ServerCertificateCustomValidationCallback = (m, c, ch, e) => { if (c is null) return false; return true; } };")]
    [InlineData("var options = new Own();\nif (options.IgnoreSslErrors) _ = new HttpClientHandler { ServerCertificateCustomValidationCallback = (m, c, ch, e) => true };", "public class Own { public bool IgnoreSslErrors { get; set; } }")]
    [InlineData("builder.Services.Configure<Microsoft.AspNetCore.Authentication.JwtBearer.JwtBearerOptions>(o => o.RequireHttpsMetadata = !builder.Environment.IsDevelopment());")]
    [InlineData("_ = new Own { RequireHttpsMetadata = false };", "public class Own { public bool RequireHttpsMetadata { get; set; } }")]
    [InlineData("_ = new Microsoft.Data.SqlClient.SqlConnectionStringBuilder { DataSource = \"(localdb)\\\\mssqllocaldb\", TrustServerCertificate = true };")]
    [InlineData("_ = new Npgsql.NpgsqlConnectionStringBuilder { SslMode = Npgsql.SslMode.VerifyFull };")]
    [InlineData("_ = \"Server=localhost,1433;Database=x;TrustServerCertificate=True\";")]
    [InlineData("_ = \"Server=DESKTOP-66QB5BG\\\\MSSQLSERVER01;Database=x;TrustServerCertificate=True\";")]
    [InlineData("_ = \"TrustServerCertificate=True\";")]
    [InlineData("_ = \"Server=db.example;Database=x;SSL Mode=VerifyFull\";")]
    [InlineData("#if DEBUG\n#endif\n#if !RELEASE\n_ = new HttpClientHandler { ServerCertificateCustomValidationCallback = (m, c, ch, e) => true };\n#endif")]
    public Task What_checks_or_stays_in_development_is_silent(string statements, string rest = "") =>
        RuleTest.ReportsInProgram<TransportAnalyzer>(statements, rest);
}
