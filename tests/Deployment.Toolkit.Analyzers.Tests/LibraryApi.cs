using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>The parts that the rules look at of libraries that are not in the SDK: EF Core, database drivers, identity, gRPC, Serilog.</summary>
internal static class LibraryApi
{
    private const string Source =
        """
        using System;
        using System.Collections.Generic;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Diagnostics.HealthChecks;

        namespace Microsoft.EntityFrameworkCore
        {
            public class DbContext { protected virtual void OnConfiguring(DbContextOptionsBuilder builder) { } }

            public class DbContextOptionsBuilder
            {
                public DbContextOptionsBuilder EnableDetailedErrors(bool detailedErrorsEnabled = true) => this;
                public DbContextOptionsBuilder EnableSensitiveDataLogging(bool sensitiveDataLoggingEnabled = true) => this;
            }

            public static class SqlServerDbContextOptionsExtensions
            {
                public static DbContextOptionsBuilder UseSqlServer(this DbContextOptionsBuilder builder, string? connection) => builder;
            }
        }

        namespace Microsoft.EntityFrameworkCore.Design
        {
            public interface IDesignTimeDbContextFactory<out TContext> { TContext CreateDbContext(string[] args); }
        }

        namespace Microsoft.EntityFrameworkCore.Migrations
        {
            public class MigrationBuilder
            {
                public void Sql(string sql) { }
                public void DropTable(string name) { }
                public void CreateTable(string name) { }
                public void DropColumn(string name, string table, string? schema = null) { }
                public void RenameTable(string name, string? schema = null, string? newName = null) { }
                public void RenameColumn(string name, string table, string newName) { }
                public void AlterColumn<T>(string name, string table, string? type = null, bool nullable = false, string? oldType = null, bool oldNullable = false) { }
                public void AddColumn<T>(string name, string table, string? type = null, bool nullable = false, object? defaultValue = null, string? defaultValueSql = null) { }
                public Operation CreateIndex(string name, string table, string column, bool unique = false) => new();
            }

            public sealed class Operation { public Operation Annotation(string name, object value) => this; }

            public abstract class Migration
            {
                protected abstract void Up(MigrationBuilder migrationBuilder);
                protected virtual void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException();
            }

            public sealed class MigrationAttribute(string id) : Attribute { public string Id => id; }
        }

        namespace Microsoft.Extensions.DependencyInjection
        {
            public static class EntityFrameworkServiceCollectionExtensions
            {
                public static IServiceCollection AddDbContext<T>(
                    this IServiceCollection services, Action<Microsoft.EntityFrameworkCore.DbContextOptionsBuilder>? configure = null) => services;
                public static IServiceCollection AddDbContext<T>(
                    this IServiceCollection services,
                    Action<IServiceProvider, Microsoft.EntityFrameworkCore.DbContextOptionsBuilder> configure) => services;
            }

            public static class DependencyChecks
            {
                public static IHealthChecksBuilder AddDbContextCheck<T>(
                    this IHealthChecksBuilder builder, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null) => builder;
                public static IHealthChecksBuilder AddNpgSql(
                    this IHealthChecksBuilder builder, string connectionString, string? name = null, HealthStatus? failureStatus = null,
                    IEnumerable<string>? tags = null, TimeSpan? timeout = null) => builder;
                public static IHealthChecksBuilder AddUrlGroup(
                    this IHealthChecksBuilder builder, Uri uri, string? name = null, HealthStatus? failureStatus = null,
                    IEnumerable<string>? tags = null, TimeSpan? timeout = null) => builder;
            }
        }

        namespace Microsoft.IdentityModel.Logging
        {
            public static class IdentityModelEventSource { public static bool ShowPII { get; set; } }
        }

        namespace Microsoft.IdentityModel.Tokens
        {
            public class SymmetricSecurityKey(byte[] key) { public byte[] Key => key; }

            public class TokenValidationParameters
            {
                public bool ValidateIssuer { get; set; } = true;
                public bool ValidateAudience { get; set; } = true;
                public bool ValidateLifetime { get; set; } = true;
                public bool ValidateIssuerSigningKey { get; set; }
                public bool RequireSignedTokens { get; set; } = true;
                public bool RequireExpirationTime { get; set; } = true;
                public bool SaveSigninToken { get; set; }
                public Func<string, bool>? AudienceValidator { get; set; }
                public SymmetricSecurityKey? IssuerSigningKey { get; set; }
            }
        }

        namespace Microsoft.AspNetCore.Authentication.JwtBearer
        {
            public class JwtBearerOptions
            {
                public bool RequireHttpsMetadata { get; set; } = true;
                public string? Authority { get; set; }
                public Microsoft.IdentityModel.Tokens.TokenValidationParameters TokenValidationParameters { get; set; } = new();
                public System.Net.Http.HttpMessageHandler? BackchannelHttpHandler { get; set; }
            }
        }

        namespace Grpc.AspNetCore.Server
        {
            public class GrpcServiceOptions { public bool? EnableDetailedErrors { get; set; } }
        }

        namespace Microsoft.Data.SqlClient
        {
            public sealed class SqlConnectionStringBuilder(string? text = null)
            {
                public string? Text => text;
                public bool TrustServerCertificate { get; set; }
                public bool Encrypt { get; set; }
                public string? Password { get; set; }
                public string? DataSource { get; set; }
            }
        }

        namespace Npgsql
        {
            public enum SslMode { Disable, Allow, Prefer, Require, VerifyCA, VerifyFull }

            public sealed class NpgsqlConnectionStringBuilder
            {
                public SslMode SslMode { get; set; }
                public bool TrustServerCertificate { get; set; }
                public bool IncludeErrorDetail { get; set; }
                public string? Password { get; set; }
                public string? Host { get; set; }
            }
        }

        namespace Serilog
        {
            public interface ILogger { void Information(string template, params object?[] values); void Error(Exception e, string template, params object?[] values); }

            public static class Log
            {
                public static void Information(string template, params object?[] values) { }
                public static void Error(Exception e, string template, params object?[] values) { }
            }
        }

        namespace FluentValidation
        {
            public abstract class AbstractValidator<T>;
        }
        """;

    private static readonly Lazy<MetadataReference> s_reference = new(() => CSharpCompilation.Create(
        "Libraries",
        [CSharpSyntaxTree.ParseText(Source)],
        SdkReferences.AspNetCore,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
        .ToMetadataReference());

    public static MetadataReference Reference => s_reference.Value;

    /// <summary>An empty assembly of that name, which is all that tells a test project.</summary>
    public static MetadataReference Assembly(string name) =>
        CSharpCompilation.Create(name, references: SdkReferences.Net, options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
            .ToMetadataReference();
}
